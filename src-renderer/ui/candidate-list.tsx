/** What drops under a field that is searched by typing: a listbox that floats, placed by its field. */
import type { ReactNode, RefObject } from 'react';
import { createPortal } from 'react-dom';
import { usePlace } from './use-place.ts';
import './candidate-list.css';

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
