/** Where something that floats stands: below what it belongs to, or above it where there is more room. */
import { useLayoutEffect, useState, type RefObject } from 'react';

const GAP_PX = 2;
const MARGIN_PX = 8;
const MAX_HEIGHT_PX = 400;

interface FloatingPlace {
  left: number;
  width: number;
  top?: number;
  bottom?: number;
  maxHeight: number;
}

/** Measured after every drawing, and as anything is scrolled; `undefined` before the first. */
export function usePlace(
  anchor: RefObject<HTMLElement | null>,
  widthPx: number,
  heightPx = MAX_HEIGHT_PX,
): FloatingPlace | undefined {
  const [place, setPlace] = useState<FloatingPlace>();
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = anchor.current?.getBoundingClientRect();
      if (!box) return;
      const below = innerHeight - box.bottom - MARGIN_PX - GAP_PX;
      const above = box.top - MARGIN_PX - GAP_PX;
      const left = Math.max(MARGIN_PX, Math.min(box.left, innerWidth - widthPx - MARGIN_PX));
      const vertical =
        below >= Math.min(heightPx, above)
          ? { top: box.bottom + GAP_PX, maxHeight: Math.min(MAX_HEIGHT_PX, below) }
          : { bottom: innerHeight - box.top + GAP_PX, maxHeight: Math.min(MAX_HEIGHT_PX, above) };
      const next = { left, width: widthPx, ...vertical };
      setPlace((before) => (before && JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    measure();
    addEventListener('scroll', measure, true);
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure, true);
      removeEventListener('resize', measure);
    };
  });
  return place;
}
