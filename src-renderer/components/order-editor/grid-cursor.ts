/** Where the grid's one field stands, and how far the person is with the cell under it. */
import { useCallback, useEffect, useState } from 'react';
import type { DraftLine, OrderDraft } from './draft.ts';
import type { ColumnId } from './grid-columns.ts';
import type { PlacedIssue } from './order-request.ts';

/** A pause this long while typing means that the person wonders; until then a half-typed number is no error. */
const WONDERS_AFTER_MS = 700;

export interface GridCursor {
  row: number;
  column: ColumnId;
  /** The text is being changed. */
  editing: boolean;
  /** The person has paused: what is wrong with this cell is said though it hasn't been left. */
  paused: boolean;
  /** The person wanted to go on, and there is no such product. */
  told: boolean;
  /** The hands are to be at the reason of this line's price. */
  asking: boolean;
}

export interface CursorMoves {
  cursor: GridCursor;
  moveTo: (row: number, column: ColumnId) => void;
  /** `typed` restarts the wait before an unfinished cell is commented on. */
  setEditing: (editing: boolean, typed?: boolean) => void;
  tell: () => void;
  /** Goes to the reason of the price under the cursor, or says that the hands have left it. */
  ask: (asking: boolean) => void;
}

const STILL = { editing: false, paused: false, told: false, asking: false };
const START: GridCursor = { row: 0, column: 'code', ...STILL };

export function useGridCursor(): CursorMoves {
  const [cursor, setCursor] = useState(START);
  const [typedCount, setTypedCount] = useState(0);
  const moveTo = useCallback((row: number, column: ColumnId) => setCursor({ row, column, ...STILL }), []);
  const setEditing = useCallback((editing: boolean, typed = false) => {
    setCursor((before) => ({ ...before, editing, ...(typed ? { paused: false, told: false } : {}) }));
    if (typed) setTypedCount((count) => count + 1);
  }, []);
  const tell = useCallback(() => setCursor((before) => ({ ...before, told: true })), []);
  const ask = useCallback((asking: boolean) => setCursor((before) => ({ ...before, editing: false, asking })), []);
  useEffect(() => {
    if (typedCount === 0) return;
    const timer = setTimeout(() => setCursor((before) => ({ ...before, paused: true })), WONDERS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typedCount]);
  return { cursor, moveTo, setEditing, tell, ask };
}

/** Whether an issue is only that the person is not done yet: said on leaving the cell, after a pause, or on saving. */
export function isUnfinished(placed: PlacedIssue, draft: OrderDraft, cursor: GridCursor): boolean {
  const { at, issue } = placed;
  if (at.place === 'order') return issue.code === 'order.noLines';
  if (at.place === 'customer') return draft.customer === null;
  if (at.place !== 'line') return false;
  const line = draft.lines[cursor.row];
  if (line?.key !== at.key) return false;
  // The reason is asked for below the price.
  if (issue.code === 'price.reasonMissing') return cursor.column === 'price';
  if (issue.code === 'product.unknown') return isSeeking(line, cursor) && !cursor.told;
  if (at.column === 'quantity' && line.quantity === '') return true;
  return cursor.editing && !cursor.paused && cursor.column === at.column;
}

function isSeeking(line: DraftLine, cursor: GridCursor): boolean {
  if (line.product === null && line.sought === null) return true;
  return line.sought?.column === cursor.column;
}
