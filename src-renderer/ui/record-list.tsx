/**
 * A long list of records: only what is on screen is in the page, whatever its length. One tab stop; arrows move, Enter
 * opens. The selection is by record and not by place, so that rows arriving above don't move it.
 */
import { createColumnHelper, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import './record-list.css';

export const ROW_HEIGHT_PX = 32;
const OVERSCAN_ROWS = 12;
/** Two names for one glow: the same name again would not begin anew. */
const GLOWS = ['', ' glows', ' glows-again'];

const features = tableFeatures({ columnMeta: {} as { track: string; align?: 'right' } });
type Features = typeof features;

export interface RecordColumn<Row> {
  id: string;
  header: string;
  /** A CSS grid track: "120px", "minmax(160px, 1fr)". */
  track: string;
  align?: 'right';
  cell: (row: Row) => ReactNode;
}

export interface RecordListProps<Row> {
  label: string;
  columns: readonly RecordColumn<Row>[];
  total: number;
  /** The record at a place, `undefined` while it is being fetched. Stable while nothing changed. */
  rowAt: (index: number) => Row | undefined;
  idOf: (row: Row) => string;
  /** Tells which places are on screen. */
  onRange: (first: number, last: number) => void;
  selectedId: string | undefined;
  onSelect: (row: Row) => void;
  onOpen: (row: Row) => void;
  listRef?: RefObject<HTMLDivElement | null>;
}

export function RecordList<Row extends object>(props: RecordListProps<Row>) {
  const { columns, total, rowAt, idOf, onRange, selectedId } = props;
  const ownRef = useRef<HTMLDivElement>(null);
  const scroller = props.listRef ?? ownRef;
  const listId = useId();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: ROW_HEIGHT_PX,
    scrollPaddingStart: ROW_HEIGHT_PX,
  });
  const places = virtual.getVirtualItems();
  const first = places[0]?.index ?? 0;
  const last = places.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [onRange, first, last]);

  const definitions = useMemo(() => tableColumns(columns), [columns]);
  const shown = useMemo(() => {
    const found: { index: number; row: Row }[] = [];
    for (let index = first; index <= last && index < total; index += 1) {
      const row = rowAt(index);
      if (row) found.push({ index, row });
    }
    return found;
  }, [first, last, total, rowAt]);
  const data = useMemo(() => shown.map(({ row }) => row), [shown]);
  const table = useTable({ features, columns: definitions, data, getRowId: idOf });
  const rows = table.getRowModel().rows;
  const template = columns.map((column) => column.track).join(' ');

  const selectedAt = shown.find(({ row }) => idOf(row) === selectedId)?.index;
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(total - 1, to));
    virtual.scrollToIndex(index, { align: 'auto' });
    const row = rowAt(index);
    if (row) props.onSelect(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT_PX) - 2);
    const to = placeAfter(event.key, { at: selectedAt, first: firstVisible(), last: total - 1, page });
    if (event.key === 'Enter' && selectedAt !== undefined) {
      const row = rowAt(selectedAt);
      if (row) props.onOpen(row);
    } else if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    else move(to);
    event.preventDefault();
  };
  const firstVisible = (): number => Math.round((scroller.current?.scrollTop ?? 0) / ROW_HEIGHT_PX);

  return (
    <div
      ref={scroller}
      className="records"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={selectedAt === undefined ? undefined : `${listId}-${selectedAt}`}
      onKeyDown={onKeyDown}
    >
      <div className="records-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {table.getFlatHeaders().map((header) => (
          <div
            key={header.id}
            role="columnheader"
            className={header.column.columnDef.meta?.align === 'right' ? 'clip num' : 'clip'}
          >
            <table.FlexRender header={header} />
          </div>
        ))}
      </div>
      <div className="records-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row, at) => {
          const index = shown[at]?.index ?? 0;
          const chosen = row.id === selectedId;
          return (
            <RecordRow
              key={row.id}
              content={row.original}
              id={`${listId}-${index}`}
              index={index}
              chosen={chosen}
              template={template}
              onClick={() => {
                props.onSelect(row.original);
                props.onOpen(row.original);
              }}
            >
              {row.getAllCells().map((cell) => (
                <div
                  key={cell.id}
                  role="gridcell"
                  className={cell.column.columnDef.meta?.align === 'right' ? 'clip num' : 'clip'}
                >
                  <table.FlexRender cell={cell} />
                </div>
              ))}
            </RecordRow>
          );
        })}
      </div>
    </div>
  );
}

interface RecordRowProps {
  content: object;
  id: string;
  index: number;
  chosen: boolean;
  template: string;
  onClick: () => void;
  children: ReactNode;
}

function RecordRow({ content, id, index, chosen, template, onClick, children }: RecordRowProps) {
  const changes = useChanges(content);
  return (
    // Keys are the grid's: it has the one tab stop.
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={`records-row${chosen ? ' records-row-chosen' : ''}${GLOWS[changes === 0 ? 0 : 1 + (changes % 2)] ?? ''}`}
      style={{ gridTemplateColumns: template, top: index * ROW_HEIGHT_PX }}
      onClick={onClick}
    >
      {children}
    </div>
  );
}

/** How often a record that is on screen got other content: it then glows once, so that the eye finds what changed. */
function useChanges(content: object): number {
  const now = JSON.stringify(content);
  const [seen, setSeen] = useState({ content: now, changes: 0 });
  if (seen.content !== now) setSeen({ content: now, changes: seen.changes + 1 });
  return seen.changes;
}

function tableColumns<Row extends object>(columns: readonly RecordColumn<Row>[]): ColumnDef<Features, Row>[] {
  const helper = createColumnHelper<Features, Row>();
  return columns.map((column) =>
    helper.display({
      id: column.id,
      header: column.header,
      meta: { track: column.track, ...(column.align ? { align: column.align } : {}) },
      cell: (context) => column.cell(context.row.original),
    }),
  );
}

/** Where a key leads; `undefined` for keys that don't move. */
export function placeAfter(
  key: string,
  from: { at: number | undefined; first: number; last: number; page: number },
): number | undefined {
  const { at } = from;
  switch (key) {
    case 'ArrowDown':
      return at === undefined ? from.first : at + 1;
    case 'ArrowUp':
      return at === undefined ? from.first : at - 1;
    case 'PageDown':
      return (at ?? from.first) + from.page;
    case 'PageUp':
      return (at ?? from.first) - from.page;
    case 'Home':
      return 0;
    case 'End':
      return from.last;
    default:
      return undefined;
  }
}
