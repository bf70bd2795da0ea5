/**
 * The grid in which an order is typed (ARIA grid pattern). One tab stop: the field that lies over the active cell.
 * Whatever its length only the lines on screen are drawn. It decides nothing about orders: it shows what was typed,
 * what the desk said to it, and moves the field.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Dispatch, Ref, RefObject } from 'react';
import type { Repair } from '../../../src-shared/domain/issue.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { useText } from '../../text/i18n.ts';
import { useUnitName } from '../use-unit-name.ts';
import { BelowLine } from './below-line.tsx';
import type { OrderDraft } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';
import { COLUMNS, isSought, placeColumns, type ColumnId } from './grid-columns.ts';
import type { CursorMoves } from './grid-cursor.ts';
import { GridInput, type GridInputHandle } from './grid-input.tsx';
import type { GridKey } from './grid-keys.ts';
import { placeAfter } from './grid-places.ts';
import { cellText, GridRow } from './grid-row.tsx';
import { LineStory } from './line-story.tsx';
import type { PlacedIssue } from './order-request.ts';
import { readPrice } from './read-price.ts';
import { offeredReasons } from './recent-reasons.ts';
import type { CheckedDraft } from './use-order-check.ts';
import type { ProductChoice } from './use-product-choice.ts';
import './order-grid.css';

export const GRID_ROW_PX = 32;
const OVERSCAN_ROWS = 8;
const NO_ISSUES: readonly PlacedIssue[] = [];

export interface OrderGridHandle {
  focus: () => void;
  focusCell: (row: number, column: ColumnId) => void;
  /** Where the reason of this line's price is typed. */
  focusReason: (row: number) => void;
  hasFocus: () => boolean;
  /** Takes a price that is being typed for typed, as leaving its cell would. */
  settle: () => void;
}

export interface OrderGridProps {
  draft: OrderDraft;
  dispatch: Dispatch<DraftAction>;
  moves: CursorMoves;
  choice: ProductChoice;
  checked: CheckedDraft | undefined;
  issues: ReadonlyMap<string, readonly PlacedIssue[]>;
  onRepair: (lineKey: string, repair: Repair) => void;
  /** Why the line under the cursor costs what it costs is told. */
  why: boolean;
  onWhy: (told: boolean) => void;
  ref: Ref<OrderGridHandle>;
}

export function OrderGrid(props: OrderGridProps) {
  const { draft, dispatch, moves, choice, checked, issues, why, onWhy } = props;
  const { cursor, moveTo } = moves;
  const { t, language } = useText();
  const unitName = useUnitName();
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<GridInputHandle>(null);
  const priceAnchor = useRef<HTMLSpanElement>(null);
  const calloutId = useId();
  const width = useWidth(scroller);
  const columns = useMemo(() => placeColumns(width), [width]);
  const currency = checked?.answer.currency ?? null;
  const virtual = useVirtualizer({
    count: draft.lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GRID_ROW_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: GRID_ROW_PX,
    scrollPaddingStart: GRID_ROW_PX,
  });

  const row = Math.min(cursor.row, draft.lines.length - 1);
  const line = draft.lines[row];
  const checkedLine = line ? checked?.rows.get(line.key) : undefined;
  const listUnitPrice = checkedLine?.listUnitPrice ?? null;
  useEffect(() => virtual.scrollToIndex(row, { align: 'auto' }), [virtual, row]);
  const settlePrice = useCallback(() => {
    if (!line || cursor.column !== 'price') return;
    dispatch({ do: 'settlePrice', line: line.key, listUnitPrice, currency });
  }, [currency, cursor.column, dispatch, line, listUnitPrice]);
  /** What was typed in the cell is settled when the field leaves it. */
  const leaveCell = useCallback(() => {
    if (!line) return;
    if (cursor.column === 'quantity') dispatch({ do: 'settleQuantity', line: line.key });
    settlePrice();
    if (!line.sought || line.sought.column !== cursor.column) return;
    if (line.sought.text.trim() !== '') void choice.resolve(line.key, line.sought.text, false);
    else {
      dispatch({ do: 'dropProduct', line: line.key });
      dispatch({ do: 'giveUpSeeking', line: line.key });
    }
  }, [choice, cursor.column, dispatch, line, settlePrice]);
  const goTo = useCallback(
    (to: number, column: ColumnId) => {
      leaveCell();
      moveTo(Math.max(0, Math.min(draft.lines.length - 1, to)), column);
    },
    [draft.lines.length, leaveCell, moveTo],
  );
  const byHand = line?.manual && !isOfList(line.manual.price, listUnitPrice) ? line.manual : undefined;
  const onGo = (go: NonNullable<GridKey>): void => {
    if (cursor.column === 'price' && byHand && asksReason(go, byHand.reason)) {
      leaveCell();
      onWhy(false);
      moves.ask(true);
      return;
    }
    const target = placeAfter(go, { row, column: cursor.column, lines: draft.lines.length, page: pageRows(scroller) });
    if (!target) return;
    // After a choice the line's product is on its way already.
    if (go.go === 'enter' && isSought(cursor.column)) moveTo(target.row, target.column);
    else goTo(target.row, target.column);
  };
  useImperativeHandle(props.ref, () => ({
    focus: () => field.current?.focus(),
    focusCell: (to, column) => {
      moveTo(to, column);
      field.current?.focus();
    },
    focusReason: (to) => {
      onWhy(false);
      moveTo(to, 'price');
      moves.ask(true);
    },
    hasFocus: () => scroller.current?.contains(document.activeElement) ?? false,
    settle: settlePrice,
  }));
  const latest = useRef({ draft, cursor });
  useEffect(() => {
    latest.current = { draft, cursor };
  });
  /** The hands have gone on to the quantity: back, unless something was typed there. */
  const onUnfound = useCallback(
    (key: string, column: ColumnId) => {
      const { draft: now, cursor: at } = latest.current;
      const there = now.lines[at.row];
      if (there?.key !== key || there.quantity !== '') return;
      moveTo(at.row, column);
      moves.tell();
    },
    [moveTo, moves],
  );
  const onCell = useCallback(
    (to: number, column: ColumnId) => {
      // Ends a word that is being composed: its letters then belong to the cell they were typed in.
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      goTo(to, column);
      onWhy(column === 'price');
      field.current?.focus();
    },
    [goTo, onWhy],
  );

  if (!line) return null;
  const cellIssue = (issues.get(line.key) ?? NO_ISSUES).find(
    ({ at }) => at.place === 'line' && at.column === cursor.column,
  );
  const rowIssue = cellIssue ?? issues.get(line.key)?.[0];
  const sentence = rowIssue ? issueText(rowIssue.issue, language) : undefined;
  const facts = { line, index: row, checked: checkedLine, currency };
  const text = cursor.column === 'notes' ? (sentence ?? '') : cellText(cursor.column, facts, unitName);
  const asks = byHand !== undefined && cursor.column === 'price' && !why;
  const calloutColumn = asks ? 'price' : rowIssue?.at.place === 'line' ? rowIssue.at.column : cursor.column;
  return (
    <div ref={scroller} className="grid-scroller" tabIndex={-1}>
      <div
        role="grid"
        aria-label={t('editor.gridLabel')}
        aria-rowcount={draft.lines.length + 1}
        aria-colcount={COLUMNS.length}
        className="grid"
        style={{ height: virtual.getTotalSize() + GRID_ROW_PX }}
      >
        <div role="row" aria-rowindex={1} className="grid-head">
          {COLUMNS.map((column) => (
            <div key={column} role="columnheader" className={`cell cell-${column}`} style={columns[column]}>
              <span className="clip">{t(`order.line.${column}`)}</span>
            </div>
          ))}
        </div>
        <div role="rowgroup">
          {virtual.getVirtualItems().map((place) => {
            const each = draft.lines[place.index];
            return each ? (
              <GridRow
                key={each.key}
                line={each}
                index={place.index}
                top={place.start}
                active={place.index === row}
                columns={columns}
                checked={checked?.rows.get(each.key)}
                issues={issues.get(each.key) ?? NO_ISSUES}
                currency={currency}
                onCell={onCell}
                onRepair={props.onRepair}
              />
            ) : null;
          })}
        </div>
      </div>
      <GridInput
        ref={field}
        line={line}
        text={text}
        moves={moves}
        place={{ ...columns[cursor.column], top: GRID_ROW_PX + row * GRID_ROW_PX }}
        choice={choice}
        dispatch={dispatch}
        describedBy={sentence === undefined ? undefined : calloutId}
        invalid={cellIssue?.issue.severity === 'error'}
        onGo={onGo}
        onUnfound={onUnfound}
        told={why}
        onTold={onWhy}
      />
      <span
        ref={priceAnchor}
        className="price-anchor"
        style={{ ...columns.price, top: GRID_ROW_PX + row * GRID_ROW_PX }}
        aria-hidden="true"
      />
      <BelowLine
        at={{ top: GRID_ROW_PX + (row + 1) * GRID_ROW_PX + 3, left: columns[calloutColumn].left }}
        issue={rowIssue?.issue}
        sentenceId={calloutId}
        reason={asks ? { line, listUnitPrice, currency, offered: offeredReasons(draft, line.key) } : undefined}
        wanted={cursor.asking}
        dispatch={dispatch}
        onReasonDone={(to) => {
          if (to === 'next') goTo(row + 1, 'code');
          else moves.ask(false);
          field.current?.focus();
        }}
        onReasonLeft={() => moves.ask(false)}
      />
      <LineStory anchor={priceAnchor} told={why} line={line} at={row} checked={checkedLine} currency={currency} />
    </div>
  );
}

/** Whether a price as it is typed is the list's: an empty one is. */
function isOfList(typed: string, listUnitPrice: number | null): boolean {
  return typed.trim() === '' || readPrice(typed) === listUnitPrice;
}

/** Enter goes by the reason where it is yet to be given, Tab also where it may be changed. */
function asksReason(go: NonNullable<GridKey>, reason: string): boolean {
  return (go.go === 'tab' && go.by === 1) || (go.go === 'enter' && reason.trim() === '');
}

function pageRows(scroller: RefObject<HTMLDivElement | null>): number {
  return Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / GRID_ROW_PX) - 2);
}

function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [of]);
  return width;
}
