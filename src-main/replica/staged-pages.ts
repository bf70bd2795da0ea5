/**
 * Pages that are no moment of central's: a stretch of the feed that compaction has taken apart, which is shown only once
 * its end has come. They are kept in the file, so that a stop in the middle costs nothing, and there are only so many:
 * a desk that has missed more fills anew.
 */
import type { PullResponse } from '../../src-shared/protocol/change.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { STAGED_MOST_CHANGES } from './limits.ts';

const reading = perStore((store: StoreReader) => ({
  last: store.query<Record<string, never>, { cursor: string }>((db) =>
    db.selectFrom('staged_page').select('cursor').orderBy('page_no', 'desc').limit(1),
  ),
  changes: store.query<Record<string, never>, { changes: number | null }>((db) =>
    db.selectFrom('staged_page').select((eb) => eb.fn.sum<number | null>('changes').as('changes')),
  ),
  all: store.query<Record<string, never>, { content: string }>((db) =>
    db.selectFrom('staged_page').select('content').orderBy('page_no'),
  ),
}));

const writing = perStore((store: Store) => ({
  add: store.command<{ cursor: string; changes: number; content: string }, never>((db, p) =>
    db.insertInto('staged_page').values({ cursor: p.cursor, changes: p.changes, content: p.content }),
  ),
  forget: store.command<Record<string, never>, never>((db) => db.deleteFrom('staged_page')),
}));

/** Where the next pull goes on; undefined when nothing is staged. */
export function stagedCursor(store: StoreReader): string | undefined {
  return reading(store).last.get({})?.cursor;
}

/** @throws AppError REFILL_REQUIRED when they have become too many; those there are forgotten. */
export function stagePage(store: Store, page: PullResponse): void {
  const staged = reading(store).changes.get({})?.changes ?? 0;
  if (staged + page.changes.length > STAGED_MOST_CHANGES) {
    store.transaction((tx) => forgetStaged(store, tx));
    throw new AppError({ code: 'REFILL_REQUIRED', retry: 'later' });
  }
  store.transaction((tx) => {
    const { cursor, changes } = page;
    writing(store).add.run(tx, { cursor, changes: changes.length, content: JSON.stringify(page) });
  });
}

export function stagedPages(store: StoreReader): PullResponse[] {
  // Each was read by its schema before it was written down.
  return reading(store)
    .all.all({})
    .map(({ content }) => JSON.parse(content) as PullResponse);
}

export function forgetStaged(store: Store, tx: WriteTx): void {
  writing(store).forget.run(tx, {});
}
