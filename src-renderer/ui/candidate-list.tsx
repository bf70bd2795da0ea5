/** What drops under a field that is searched by typing: a listbox that floats, placed by its field. */
import { useLayoutEffect, useState, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import './candidate-list.css';

const GAP_PX = 2;
const MAX_HEIGHT_PX = 400;

export interface CandidateListProps<Hit> {
  id: string;
  label: string;
  anchor: RefObject<HTMLElement | null>;
  hits: readonly Hit[];
  idOf: (hit: Hit) => string;
  highlighted: number;
  onPick: (index: number) => void;
  /** One hit, in `columns` grid cells. */
  render: (hit: Hit) => ReactNode;
  columns: string;
  widthPx: number;
  /** Shown instead of hits where there are none. */
  nothing: ReactNode;
}

export function CandidateList<Hit>(props: CandidateListProps<Hit>) {
  const place = usePlace(props.anchor, props.widthPx);
  if (!place) return null;
  return createPortal(
    <div className="candidates opens" style={place}>
      {props.hits.length === 0 ? (
        <p className="candidates-nothing" role="status">
          {props.nothing}
        </p>
      ) : (
        <div id={props.id} role="listbox" aria-label={props.label}>
          {props.hits.map((hit, at) => (
            // Chosen by the field's keys; the mouse must not take the focus from it.
            <div
              key={props.idOf(hit)}
              id={optionId(props.id, at)}
              role="option"
              aria-selected={at === props.highlighted}
              className={at === props.highlighted ? 'candidate candidate-on' : 'candidate'}
              style={{ gridTemplateColumns: props.columns }}
              onMouseDown={(event) => {
                event.preventDefault();
                props.onPick(at);
              }}
            >
              {props.render(hit)}
            </div>
          ))}
        </div>
      )}
    </div>,
    document.body,
  );
}

export function optionId(listId: string, at: number): string {
  return `${listId}-${at}`;
}

/** Below its field, or above it where there is more room. */
function usePlace(anchor: RefObject<HTMLElement | null>, widthPx: number) {
  const [place, setPlace] = useState<{
    left: number;
    width: number;
    top?: number;
    bottom?: number;
    maxHeight: number;
  }>();
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = anchor.current?.getBoundingClientRect();
      if (!box) return;
      const below = innerHeight - box.bottom - 12;
      const above = box.top - 12;
      const left = Math.max(8, Math.min(box.left, innerWidth - widthPx - 8));
      const vertical =
        below >= Math.min(MAX_HEIGHT_PX, above)
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
