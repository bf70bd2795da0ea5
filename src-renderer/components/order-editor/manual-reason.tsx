/**
 * Asks why a price was agreed by hand, below the price. It has the focus of its own field: Enter goes on to the next
 * line, Escape back to the price. Reasons that were given before drop under it.
 */
import { useEffect, useId, useLayoutEffect, useRef, useState, type Dispatch, type KeyboardEvent } from 'react';
import { useText } from '../../text/i18n.ts';
import { CandidateList, optionId } from '../../ui/candidate-list.tsx';
import type { DraftLine } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';

const REASONS_PX = 280;

export interface ManualReasonProps {
  line: DraftLine;
  /** What the list says, ready to be read; '' where that is not known. */
  listPrice: string;
  /** Reasons that were given before. */
  offered: readonly string[];
  /** The hands are to be here. */
  wanted: boolean;
  /** The sentence about the price, where there is one. */
  describedBy: string | undefined;
  missing: boolean;
  dispatch: Dispatch<DraftAction>;
  onDone: (to: 'next' | 'price') => void;
  onLeft: () => void;
}

export function ManualReason(props: ManualReasonProps) {
  const { line, offered, wanted, dispatch, onDone } = props;
  const { t } = useText();
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [focused, setFocused] = useState(false);
  const [highlighted, setHighlighted] = useState(-1);
  const reason = line.manual?.reason ?? '';
  const typed = reason.trim();
  const hits = offered.filter((each) => each.includes(typed) && each !== typed);
  const open = focused && hits.length > 0;
  // Before anything else is typed: the next letters are the reason's.
  useLayoutEffect(() => {
    if (wanted) field.current?.focus();
  }, [wanted]);
  useEffect(() => {
    field.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const write = (text: string): void => {
    setHighlighted(-1);
    dispatch({ do: 'setReason', line: line.key, reason: text });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      // In a text it deletes a word, and not the line.
      if (event.key === 'Delete' || event.key === 'Backspace') event.stopPropagation();
      return;
    }
    if (event.key === 'Enter' || event.key === 'Tab') {
      const chosen = open ? hits[highlighted] : undefined;
      if (chosen !== undefined) write(chosen);
      onDone(event.shiftKey ? 'price' : 'next');
    } else if (event.key === 'Escape') onDone('price');
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setHighlighted((at) => Math.max(-1, Math.min(hits.length - 1, at + step)));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="manual-reason">
      <label>
        <span className="dim">{t('editor.reason')}</span>
        <input
          ref={field}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          {...(open && highlighted >= 0
            ? { 'aria-controls': listId, 'aria-activedescendant': optionId(listId, highlighted) }
            : {})}
          aria-invalid={props.missing || undefined}
          aria-describedby={props.describedBy}
          placeholder={t('editor.reasonPlaceholder')}
          autoComplete="off"
          value={reason}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            props.onLeft();
          }}
        />
      </label>
      {props.listPrice === '' ? null : (
        <span className="dim small">{t('editor.listPrice', { price: props.listPrice })}</span>
      )}
      {open ? (
        <CandidateList
          id={listId}
          label={t('editor.reasons')}
          anchor={field}
          hits={hits}
          idOf={(each) => each}
          highlighted={highlighted}
          onPick={(at) => write(hits[at] ?? reason)}
          columns="minmax(0, 1fr)"
          widthPx={REASONS_PX}
          render={(each) => <span className="clip">{each}</span>}
          nothing={null}
        />
      ) : null}
    </div>
  );
}
