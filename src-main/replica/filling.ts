/**
 * How far the scopes of this replica are filled. A scope that fills is fed from two sides: chunks of rows as they were,
 * and the feed with what has happened since. It is `joined`, and its rows are central's, once all its parts are in and a
 * pull that was asked for after the last of them has come to the feed's end: that pull has passed the position of every
 * chunk.
 *
 * Guarantees: the progress of a part is written with its rows; what the feed removes meanwhile is remembered until the
 * scope has joined, so that no older chunk brings it back; intents stay unsettled until every scope has joined, for a
 * receipt that a chunk brings may come before the order that it is about.
 */
import type { RowKind } from '../../src-shared/protocol/change.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { leaveUnlessReturning } from './returning-orders.ts';
import { setScopeState } from './scopes.ts';
import { isAllEntered } from './search/search-index.ts';

/** As many parts as chunks come at a time, with the one that is written: each may be the last of its part. */
const PARTS_AHEAD = 3;

/** A part that is not all in. */
export interface OpenPart {
  scopeId: number;
  scope: string;
  kind: RowKind;
  /** From which position on the feed tells of the scope. */
  from: string;
  after: string;
}

export interface FillProgress {
  /** Rows that are in, of how many in all; of the scopes that are filling. */
  rows: number;
  ofRows: number;
  /** What comes next; null while the end of the feed is waited for. */
  kind: RowKind | null;
}

const reading = perStore((store: StoreReader) => ({
  next: store.query<Record<string, never>, OpenPart>((db) =>
    db
      .selectFrom('fill_part')
      .innerJoin('scope', 'scope.scope_id', 'fill_part.scope_id')
      .select([
        'scope.scope_id as scopeId',
        'scope.name as scope',
        'fill_part.kind',
        'scope.fill_from as from',
        'after',
      ])
      .where('state', '=', 'filling')
      .where('done', '=', 0)
      .orderBy('place')
      .orderBy('scope.scope_id')
      .$castTo<OpenPart>()
      .limit(PARTS_AHEAD),
  ),
  part: store.query<{ scopeId: number; kind: string }, { after: string; done: number }>((db, p) =>
    db.selectFrom('fill_part').select(['after', 'done']).where('scope_id', '=', p.scopeId).where('kind', '=', p.kind),
  ),
  filling: store.query<Record<string, never>, { scopeId: number; name: string; parts: number; open: number }>((db) =>
    db
      .selectFrom('scope')
      .leftJoin('fill_part', 'fill_part.scope_id', 'scope.scope_id')
      .select((eb) => [
        'scope.scope_id as scopeId',
        'scope.name',
        eb.fn.count<number>('fill_part.kind').as('parts'),
        eb.fn.coalesce(eb.fn.sum<number>(eb('fill_part.done', '=', 0)), eb.val(0)).as('open'),
      ])
      .where('state', '=', 'filling')
      .groupBy('scope.scope_id'),
  ),
  progress: store.query<Record<string, never>, { rows: number | null; ofRows: number | null }>((db) =>
    db.selectFrom('fill_part').select((eb) => [
      eb.fn.sum<number | null>('rows').as('rows'),
      // Estimates: a part may have had more rows than it said, and is done with fewer.
      eb.fn
        .sum<number | null>(eb.case().when('done', '=', 1).then(eb.ref('rows')).else(eb.ref('of_rows')).end())
        .as('ofRows'),
    ]),
  ),
  removed: store.query<{ scopeId: number; kind: string; key: string }, { rev: number }>((db, p) =>
    db
      .selectFrom('fill_removed')
      .select('rev')
      .where('scope_id', '=', p.scopeId)
      .where('kind', '=', p.kind)
      .where('key', '=', p.key),
  ),
  anyRemoved: store.query<{ scopeId: number; kind: string }, { rev: number }>((db, p) =>
    db.selectFrom('fill_removed').select('rev').where('scope_id', '=', p.scopeId).where('kind', '=', p.kind).limit(1),
  ),
}));

const writing = perStore((store: Store) => ({
  advance: store.command<{ scopeId: number; kind: string; after: string; rows: number; done: number }, never>((db, p) =>
    db
      .updateTable('fill_part')
      .set((eb) => ({ after: p.after, rows: eb('rows', '+', p.rows), done: p.done }))
      .where('scope_id', '=', p.scopeId)
      .where('kind', '=', p.kind),
  ),
  addPart: store.command<{ scopeId: number; kind: string; place: number; ofRows: number }, never>((db, p) =>
    db
      .insertInto('fill_part')
      .values({ scope_id: p.scopeId, kind: p.kind, place: p.place, of_rows: p.ofRows })
      .onConflict((oc) => oc.doNothing()),
  ),
  setFrom: store.command<{ scopeId: number; from: string }, never>((db, p) =>
    db.updateTable('scope').set({ fill_from: p.from }).where('scope_id', '=', p.scopeId),
  ),
  remember: store.command<{ scopeId: number; kind: string; key: string; rev: number }, never>((db, p) =>
    db
      .insertInto('fill_removed')
      .values({ scope_id: p.scopeId, kind: p.kind, key: p.key, rev: p.rev })
      .onConflict((oc) => oc.doUpdateSet({ rev: p.rev }).where('fill_removed.rev', '<', p.rev)),
  ),
  forgetParts: store.command<Record<string, never>, never>((db) => db.deleteFrom('fill_part')),
  forgetRemoved: store.command<{ scopeId: number }, never>((db, p) =>
    db.deleteFrom('fill_removed').where('scope_id', '=', p.scopeId),
  ),
}));

/** The part to be fetched next and those after it; none when all that are known of are in. */
export function nextParts(store: StoreReader): OpenPart[] {
  return reading(store).next.all({});
}

/** The last key of a part that is here; undefined when the part is in, or given up. */
export function partAfter(store: StoreReader, of: { scopeId: number; kind: RowKind }): string | undefined {
  const part = reading(store).part.get(of);
  return part && part.done === 0 ? part.after : undefined;
}

export function addPart(
  store: Store,
  tx: WriteTx,
  of: { scopeId: number; kind: RowKind; place: number; ofRows: number },
): void {
  writing(store).addPart.run(tx, of);
}

/** From here on the feed is known to have told of the scope. */
export function setFillFrom(store: Store, tx: WriteTx, of: { scopeId: number; from: string }): void {
  writing(store).setFrom.run(tx, of);
}

/** `rows`: how many came with it. */
export function advancePart(
  store: Store,
  tx: WriteTx,
  of: { scopeId: number; kind: RowKind; after: string; rows: number; done: boolean },
): void {
  writing(store).advance.run(tx, { ...of, done: of.done ? 1 : 0 });
}

/** Filling scopes whose parts nobody has asked central for. */
export function scopesWithoutParts(store: StoreReader): { scopeId: number; name: string }[] {
  return reading(store)
    .filling.all({})
    .filter(({ parts }) => parts === 0);
}

/** Filling scopes all of whose parts are in: to be joined by a pull that is asked for from now on. */
export function filledScopes(store: StoreReader): number[] {
  // Not before everything that came is in the search index, too.
  if (!isAllEntered(store)) return [];
  return reading(store)
    .filling.all({})
    .filter(({ parts, open }) => parts > 0 && open === 0)
    .map(({ scopeId }) => scopeId);
}

export function isFilling(store: StoreReader): boolean {
  return reading(store).filling.all({}).length > 0;
}

/** Whether something fills that an order is taken by: until it has joined, what is here is of no one time. */
export function isFillingFacts(store: StoreReader): boolean {
  return reading(store)
    .filling.all({})
    .some(({ name }) => name === 'catalogue' || name.startsWith('branch:'));
}

export function fillProgress(store: StoreReader): FillProgress | null {
  if (!isFilling(store)) return null;
  const { rows, ofRows } = reading(store).progress.get({}) ?? {};
  return { rows: rows ?? 0, ofRows: Math.max(rows ?? 0, ofRows ?? 0), kind: nextParts(store)[0]?.kind ?? null };
}

export interface Removal {
  scopeId: number;
  kind: RowKind;
  key: string;
  rev: number;
}

/** To be called for each removal in a scope that fills, whether the row was here or not. */
export function rememberRemoved(store: Store, tx: WriteTx, { scopeId, kind, key, rev }: Removal): void {
  writing(store).remember.run(tx, { scopeId, kind, key, rev });
}

/** Tells of a part's rows which of them have been removed since. Good for one transaction. */
export function removedSince(
  store: StoreReader,
  of: { scopeId: number; kind: RowKind },
): (key: string, rev: number) => boolean {
  const { anyRemoved, removed } = reading(store);
  if (!anyRemoved.get(of)) return () => false;
  return (key, rev) => (removed.get({ ...of, key })?.rev ?? 0) >= rev;
}

/** Ends the fills of these scopes: what is left of their rows of before is none of theirs, or on its way back to central. */
export function joinScopes(store: Store, tx: WriteTx, scopeIds: readonly number[]): void {
  for (const { scopeId, name, parts, open } of reading(store).filling.all({})) {
    // It may have been begun anew since it was found to be filled.
    if (!scopeIds.includes(scopeId) || parts === 0 || open > 0) continue;
    setScopeState(store, tx, { scopeId, state: 'joined' });
    writing(store).forgetRemoved.run(tx, { scopeId });
    leaveUnlessReturning(store, tx, name);
  }
}

/**
 * Forgets the parts once nothing fills any more, whether the last scope has joined or left: kept so long for the progress
 * that is shown, which counts what has joined, too, and as the mark that what a fill brought is not settled yet.
 *
 * @returns whether a fill ended with this.
 */
export function endFill(store: Store, tx: WriteTx): boolean {
  const { filling, progress } = reading(store);
  if (progress.get({})?.rows === null || filling.all({}).length > 0) return false;
  writing(store).forgetParts.run(tx, {});
  return true;
}
