/**
 * The pages of a long list that are on screen. Pages that were shown stay while they are fetched anew, so that a
 * change elsewhere neither empties the list nor moves it.
 */
import { useQueries, type QueryKey, type UseQueryOptions } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { Page } from '../../src-main/api/desk-services.ts';
import { PAGE_ROWS } from '../desk/queries.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each list has a key type of its own
type PageQuery<Row> = (page: number) => UseQueryOptions<Page<Row>, Error, Page<Row>, any>;

export interface PagedRows<Row> {
  /** `undefined` until the first page has come. */
  total: number | undefined;
  rowAt: (index: number) => Row | undefined;
  onRange: (first: number, last: number) => void;
  error: Error | null;
  retry: () => void;
}

/** @param listKey names the list under its filter: another one starts empty-handed, but keeps showing the old rows. */
export function usePagedRows<Row>(listKey: QueryKey, pageQuery: PageQuery<Row>): PagedRows<Row> {
  const [range, setRange] = useState({ first: 0, last: 0 });
  const pages: number[] = [];
  for (let page = range.first; page <= range.last; page += 1) pages.push(page);
  const answers = useQueries({ queries: pages.map((page) => pageQuery(page)) });

  const name = JSON.stringify(listKey);
  const kept = useRef<{ name: string; pages: Map<number, Page<Row>>; total: number | undefined }>({
    name,
    pages: new Map(),
    total: undefined,
  });
  const fresh = answers.some((answer) => answer.data !== undefined);
  if (kept.current.name !== name && fresh) kept.current = { name, pages: new Map(), total: undefined };
  let version = kept.current.name;
  for (const [at, page] of pages.entries()) {
    const answer = answers[at];
    if (!answer?.data || kept.current.name !== name) continue;
    kept.current.pages.set(page, answer.data);
    kept.current.total = answer.data.total;
    version += `\t${page}:${answer.dataUpdatedAt}`;
  }

  const held = kept.current;
  const rowAt = useCallback(
    (index: number) => held.pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS],
    // A new version is a new answer: whoever memoises on `rowAt` then looks again.
    // oxlint-disable-next-line react/exhaustive-deps
    [held, version],
  );
  const onRange = useCallback((first: number, last: number) => {
    const next = { first: Math.floor(first / PAGE_ROWS), last: Math.floor(last / PAGE_ROWS) };
    setRange((before) => (before.first === next.first && before.last === next.last ? before : next));
  }, []);
  const retry = useCallback(() => {
    for (const answer of answers) void answer.refetch();
  }, [answers]);
  const error = held.total === undefined ? (answers.find((answer) => answer.error)?.error ?? null) : null;
  return { total: held.total, rowAt, onRange, error, retry };
}
