/** A screen with a long list and the open record beside it: orders, products and customers look and work alike. */
import { Input, type InputRef } from 'antd';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useText } from '../text/i18n.ts';
import { useKeys } from '../ui/keys.tsx';
import { RecordList, type RecordColumn } from '../ui/record-list.tsx';
import { SplitView } from '../ui/split-view.tsx';
import { StateBlock, type StateBlockProps } from '../ui/state-block.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { ErrorBlock } from './error-block.tsx';
import type { PagedRows } from './use-paged-rows.ts';
import './record-page.css';

/** A search waits for a pause this short: each letter is still seen at once. */
const SEARCH_AFTER_MS = 60;

export interface RecordPageProps<Row> {
  label: string;
  detailLabel: string;
  searchLabel: string;
  searchPlaceholder: string;
  text: string;
  onText: (text: string) => void;
  filters?: ReactNode;
  columns: readonly RecordColumn<Row>[];
  rows: PagedRows<Row>;
  idOf: (row: Row) => string;
  openId: string | undefined;
  onOpen: (id: string | undefined) => void;
  listRef: RefObject<HTMLDivElement | null>;
  empty: StateBlockProps;
  detail: ReactNode | null;
}

export function RecordPage<Row extends object>(props: RecordPageProps<Row>) {
  const { t } = useText();
  const { rows, openId, listRef } = props;
  const search = useRef<InputRef>(null);
  const [picked, setPicked] = useState(openId);
  const selected = openId ?? picked;
  const listed = rows.total !== undefined;
  const showSkeleton = useDelayed(rows.total === undefined && rows.error === null);
  useEffect(() => {
    if (listed) listRef.current?.focus();
  }, [listRef, listed]);
  useKeys([
    { chord: 'F3', label: t('orders.key.find'), run: () => search.current?.focus({ cursor: 'all' }) },
    { chord: 'Enter', label: t('orders.key.open') },
    ...(openId === undefined
      ? []
      : [
          {
            chord: 'Escape',
            label: t('orders.key.close'),
            run: () => {
              setPicked(openId);
              props.onOpen(undefined);
              listRef.current?.focus();
            },
          },
        ]),
  ]);
  return (
    <SplitView
      label={props.detailLabel}
      list={
        <>
          <div className="record-bar">
            <SearchField
              ref={search}
              label={props.searchLabel}
              placeholder={props.searchPlaceholder}
              text={props.text}
              onText={props.onText}
              onDown={() => listRef.current?.focus()}
            />
            {props.filters}
            <span className="record-count dim small" role="status">
              {rows.total === undefined
                ? ''
                : t('common.rowCount', { count: rows.total, text: rows.total.toLocaleString('en') })}
            </span>
          </div>
          {rows.error ? <ErrorBlock error={rows.error} retry={rows.retry} /> : null}
          {rows.total === 0 ? <StateBlock {...props.empty} /> : null}
          {showSkeleton ? <ListSkeleton /> : null}
          {rows.total ? (
            <RecordList<Row>
              label={props.label}
              columns={props.columns}
              total={rows.total}
              rowAt={rows.rowAt}
              idOf={props.idOf}
              onRange={rows.onRange}
              selectedId={selected}
              onSelect={(row) => {
                setPicked(props.idOf(row));
                if (openId !== undefined) props.onOpen(props.idOf(row));
              }}
              onOpen={(row) => props.onOpen(props.idOf(row))}
              listRef={listRef}
            />
          ) : null}
        </>
      }
      detail={props.detail}
    />
  );
}

interface SearchFieldProps {
  ref: RefObject<InputRef | null>;
  label: string;
  placeholder: string;
  text: string;
  onText: (text: string) => void;
  onDown: () => void;
}

function SearchField({ ref, label, placeholder, text, onText, onDown }: SearchFieldProps) {
  const [typed, setTyped] = useState(text);
  const [composing, setComposing] = useState(false);
  const given = useRef(text);
  useEffect(() => {
    // Cleared from elsewhere.
    if (text !== given.current) setTyped(text);
    given.current = text;
  }, [text]);
  useEffect(() => {
    if (composing || typed === given.current) return;
    const timer = setTimeout(() => {
      given.current = typed;
      onText(typed);
    }, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed, composing, onText]);
  return (
    <Input
      ref={ref}
      className="record-search"
      allowClear
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
        event.preventDefault();
        onDown();
      }}
    />
  );
}

const SKELETON_ROWS = [0.7, 0.5, 0.62, 0.44, 0.58, 0.66, 0.5];

function ListSkeleton() {
  return (
    <div className="list-skeleton" aria-hidden="true">
      {SKELETON_ROWS.map((share, at) => (
        // Rows without content have nothing else to be told apart by.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} style={{ width: `${share * 100}%` }} />
      ))}
    </div>
  );
}
