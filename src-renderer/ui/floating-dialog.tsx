/**
 * A small dialog that floats by what it belongs to and stops nobody: the rest of the screen goes on. Always there as a
 * live region, so that what comes into it is read aloud also while the hands stay elsewhere.
 */
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { usePlace } from './use-place.ts';
import './floating-dialog.css';

export interface FloatingDialogProps {
  open: boolean;
  label: string;
  anchor: RefObject<HTMLElement | null>;
  widthPx: number;
  /** About how high it gets: it stands above where below there is less. */
  heightPx: number;
  /** It has the keys while it is open, and gives the focus back to where it was. */
  keys?: { onKeyDown: (event: KeyboardEvent) => void; onLeft: () => void };
  children: ReactNode;
}

export function FloatingDialog({ open, ...dialog }: FloatingDialogProps) {
  return createPortal(<div aria-live="polite">{open ? <OpenDialog {...dialog} /> : null}</div>, document.body);
}

function OpenDialog({ label, anchor, widthPx, heightPx, keys, children }: Omit<FloatingDialogProps, 'open'>) {
  const place = usePlace(anchor, widthPx, heightPx);
  const dialog = useRef<HTMLDivElement>(null);
  const takesKeys = keys !== undefined && place !== undefined;
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!takesKeys || !element) return;
    const before = document.activeElement;
    element.focus({ preventScroll: true });
    return () => {
      if (element.contains(document.activeElement) && before instanceof HTMLElement) before.focus();
    };
  }, [takesKeys]);
  if (!place) return null;
  return (
    <div
      ref={dialog}
      role="dialog"
      aria-label={label}
      className="floating-dialog opens"
      style={place}
      {...(keys ? { tabIndex: -1, onKeyDown: keys.onKeyDown, onBlur: keys.onLeft } : {})}
    >
      {children}
    </div>
  );
}
