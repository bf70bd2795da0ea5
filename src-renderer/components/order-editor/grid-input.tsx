/**
 * The grid's one field. It lies over the active cell and keeps the focus while the cell under it changes: an input
 * method in the middle of a word is never cut. While a word is composed nothing goes to the draft and no key acts.
 */
import { useCallback, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { CompositionEvent, Dispatch, KeyboardEvent, Ref } from 'react';
import { useText } from '../../text/i18n.ts';
import { CandidateList, optionId } from '../../ui/candidate-list.tsx';
import type { DraftLine } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';
import { isSought, isTyped, type ColumnId, type ColumnPlace } from './grid-columns.ts';
import type { CursorMoves } from './grid-cursor.ts';
import { gridKey, type GridKey } from './grid-keys.ts';
import { ProductCandidate, PRODUCT_CANDIDATE_COLUMNS, PRODUCT_CANDIDATES_PX } from './product-candidate.tsx';
import { matchUnit } from './read-quantity.ts';
import type { ProductChoice } from './use-product-choice.ts';

export interface GridInputHandle {
  focus: () => void;
}

export interface GridInputProps {
  line: DraftLine;
  /** What stands in the cell. */
  text: string;
  moves: CursorMoves;
  place: ColumnPlace & { top: number };
  choice: ProductChoice;
  dispatch: Dispatch<DraftAction>;
  /** The sentence about this cell, where there is one. */
  describedBy: string | undefined;
  invalid: boolean;
  onGo: (go: NonNullable<GridKey>) => void;
  /** What was typed in this line's cell turned out to be no product. */
  onUnfound: (lineKey: string, column: ColumnId) => void;
  /** Why this price is being told: Escape ends that first, and so does typing another. */
  told: boolean;
  onTold: (told: boolean) => void;
  ref: Ref<GridInputHandle>;
}

export function GridInput(props: GridInputProps) {
  const { line, text, moves, place, choice, dispatch, invalid, describedBy, onGo, onUnfound, told, onTold, ref } =
    props;
  const { cursor } = moves;
  const { column } = cursor;
  const { t } = useText();
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [composing, setComposing] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const [chosen, setChosen] = useState({ among: '', at: 0 });
  const entered = useRef({ text, byHand: false });

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus({ preventScroll: true }),
  }));
  const here = `${line.key}/${column}`;
  const byHand = line.manual !== null;
  const untouched = !cursor.editing && composing === null;
  // Also when what stands in the cell comes later than the hands: the next key takes its place, it does not go behind it.
  useLayoutEffect(() => {
    if (!untouched) return;
    entered.current = { text, byHand };
    // Selecting would also take the focus from wherever it is.
    if (document.activeElement === field.current) field.current?.select();
  }, [here, text, byHand, untouched]);

  const seeking = line.sought !== null && line.sought.column === column && line.sought.text.trim() !== '';
  const open = seeking && focused && composing === null && (choice.hits.length > 0 || (choice.current && !cursor.told));
  // Other letters, other candidates: the first of them is meant again.
  const among = `${here}/${line.sought?.text ?? ''}`;
  const highlighted = chosen.among === among ? chosen.at : 0;

  const write = useCallback(
    (typed: string) => {
      if (!isTyped(column)) return;
      moves.setEditing(true, true);
      if (column === 'price') {
        onTold(false);
        dispatch({ do: 'setPrice', line: line.key, typed });
      } else if (column === 'quantity') dispatch({ do: 'setQuantity', line: line.key, typed });
      else if (column === 'unit') dispatch({ do: 'setUnit', line: line.key, typed });
      else dispatch({ do: 'seek', line: line.key, column, text: typed });
    },
    [column, dispatch, line.key, moves, onTold],
  );
  const pick = (at: number): void => {
    const hit = choice.hits[at];
    if (hit && choice.current) choice.choose(line.key, hit);
    else {
      const look = async (soughtIn: ColumnId): Promise<void> => {
        if (!(await choice.resolve(line.key, line.sought?.text ?? '', true))) onUnfound(line.key, soughtIn);
      };
      void look(column);
    }
    onGo({ go: 'enter' });
  };
  const escape = (): boolean => {
    const before = entered.current;
    if (told) {
      onTold(false);
      return true;
    }
    // What was typed in another cell of the line is on its way, and meant.
    if (line.sought?.column === column) dispatch({ do: 'giveUpSeeking', line: line.key });
    else if (cursor.editing && column === 'quantity') write(before.text);
    else if (cursor.editing && column === 'price') {
      if (before.byHand) write(before.text);
      else dispatch({ do: 'takeListPrice', line: line.key });
    } else if (!cursor.editing) return false;
    moves.setEditing(false);
    requestAnimationFrame(() => field.current?.select());
    return true;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    // 229: the key belongs to the input method, also where `isComposing` is already off again.
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    if (column === 'unit' && event.key.length === 1 && !event.ctrlKey && !event.altKey && event.key !== ' ') {
      if (matchUnit(event.key, line.product?.units ?? []) === undefined) return;
      event.preventDefault();
      dispatch({ do: 'setUnit', line: line.key, typed: event.key });
      return;
    }
    const go = gridKey({
      ...keyFacts(event),
      column,
      editing: cursor.editing,
      // A line whose product is on its way is only passed through.
      candidates: open && choice.hits.length > 0 && !choice.isMeant(line.key),
    });
    if (!go) return;
    if (act(go)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  /** @returns whether the key is used up. */
  const act = (go: NonNullable<GridKey>): boolean => {
    if (go.go === 'candidate') {
      setChosen({ among, at: Math.max(0, Math.min(choice.hits.length - 1, highlighted + go.by)) });
    } else if (go.go === 'cycleUnit') dispatch({ do: 'cycleUnit', line: line.key });
    else if (go.go === 'edit') {
      moves.setEditing(true);
      const end = field.current?.value.length ?? 0;
      field.current?.setSelectionRange(end, end);
    } else if (go.go === 'escape') return escape();
    else if ((go.go === 'enter' || (go.go === 'tab' && go.by === 1)) && seeking) {
      if (choice.current && choice.hits.length === 0) moves.tell();
      else pick(highlighted);
    } else if (go.go === 'enter' && isSought(column) && line.product === null) {
      // Nothing was typed: there is nothing to go on with.
    } else if (go.go === 'tab') return leavesByTab(go.by) ? false : (onGo(go), true);
    else onGo(go);
    return true;
  };
  const leavesByTab = (by: -1 | 1): boolean =>
    by === 1
      ? column === 'code' && line.product === null && line.sought === null && line.quantity === ''
      : column === 'code' && cursor.row === 0;

  return (
    <>
      <input
        ref={field}
        className={`grid-input grid-input-${column}${invalid ? ' grid-input-wrong' : ''}`}
        style={{ left: place.left, top: place.top, width: place.width }}
        aria-label={t('editor.cellLabel', { line: cursor.row + 1, column: t(`order.line.${column}`) })}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        {...comboboxFacts({ column, open: open && choice.hits.length > 0, listId, highlighted })}
        readOnly={!isTyped(column)}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        value={composing ?? text}
        onChange={(event) => {
          if (composing === null) write(event.target.value);
          else setComposing(event.target.value);
        }}
        onCompositionStart={() => setComposing(text)}
        onCompositionEnd={(event: CompositionEvent<HTMLInputElement>) => {
          setComposing(null);
          write(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onFocus={() => {
          setFocused(true);
          field.current?.select();
        }}
        onBlur={() => setFocused(false)}
      />
      {open ? (
        <CandidateList
          id={listId}
          label={t('editor.candidates')}
          anchor={field}
          hits={choice.hits}
          idOf={(hit) => hit.productId}
          highlighted={highlighted}
          onPick={pick}
          columns={PRODUCT_CANDIDATE_COLUMNS}
          widthPx={PRODUCT_CANDIDATES_PX}
          render={(hit) => <ProductCandidate hit={hit} match={line.sought?.text ?? ''} />}
          nothing={t('editor.noProduct', { text: line.sought?.text ?? '' })}
        />
      ) : null}
    </>
  );
}

function keyFacts(event: KeyboardEvent<HTMLInputElement>) {
  const { selectionStart, selectionEnd, value } = event.currentTarget;
  return {
    key: event.key,
    ctrl: event.ctrlKey || event.metaKey,
    shift: event.shiftKey,
    alt: event.altKey,
    caretAtStart: selectionStart === 0 && selectionEnd === 0,
    caretAtEnd: selectionStart === value.length && selectionEnd === value.length,
  };
}

function comboboxFacts(of: { column: ColumnId; open: boolean; listId: string; highlighted: number }) {
  if (of.column !== 'code' && of.column !== 'product') return {};
  return {
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': of.open,
    ...(of.open ? { 'aria-controls': of.listId, 'aria-activedescendant': optionId(of.listId, of.highlighted) } : {}),
  } as const;
}
