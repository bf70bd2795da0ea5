/**
 * Compaction: takes out of the feed what no reader needs, so that it grows with the rows and not with their history.
 *
 * Dropped are superseded changes up to `compactedTo` (of each scope, kind and key all but the newest up to there) and
 * removes up to `horizon`. Guarantees: what every reader ends with is the same as without it. A reader from before
 * `compactedTo` is told so before anything is dropped, and shows nothing until it is past it; one from before `horizon`
 * refills; the state at any position from `compactedTo` on can still be read off the feed. Both positions are published
 * first, and dropping then goes on in small transactions from where it was left: cut off anywhere, it is resumed.
 * It locks only changes that nobody writes, and each of its transactions is one short statement.
 */
import { sql } from 'kysely';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { COMPACT_SLICE_CHANGES } from '../limits.ts';
import { oldestCursor } from './device-cursors.ts';
import { earliest, isBefore, readFeedState } from './feed-state.ts';
import { oldestPin } from './pins.ts';

export interface CompactionWish {
  /** Superseded changes up to here may go. */
  compactTo: string;
  /** Removes up to here may go. */
  horizon: string;
  /** Changes that one transaction looks at. */
  sliceChanges?: number;
  /** How long a pin holds that nobody touches. */
  pinExpiryMs?: number | undefined;
}

/** @returns how many changes were dropped. */
export async function compactFeed(db: CentralDb, wish: CompactionWish, signal?: AbortSignal): Promise<number> {
  const { sliceChanges = COMPACT_SLICE_CHANGES } = wish;
  await publishCompactedTo(db, wish);
  let dropped = 0;
  for (
    let slice = await sweepSlice(db, sliceChanges);
    slice !== undefined;
    slice = await sweepSlice(db, sliceChanges)
  ) {
    dropped += slice;
    if (signal?.aborted === true) return dropped;
  }
  await publishHorizon(db, wish);
  for (
    let slice = await dropRemoves(db, sliceChanges);
    slice !== undefined;
    slice = await dropRemoves(db, sliceChanges)
  ) {
    dropped += slice;
    if (signal?.aborted === true) return dropped;
  }
  return dropped;
}

/** Never past a pin, nor past what the folded digests stand on, nor past a desk that could not stage what it reads. */
async function publishCompactedTo(db: CentralDb, { compactTo, pinExpiryMs }: CompactionWish): Promise<void> {
  const { foldedTo, rebuilt } = await readFeedState(db);
  const held = [await oldestPin(db, pinExpiryMs), await oldestCursor(db, 'stages nothing')];
  const to = earliest(compactTo, foldedTo, ...held.filter((xid) => xid !== undefined));
  await sql`
    update feed_state set compacted_to = ${to}::xid8 where compacted_to < ${to}::xid8 and rebuilt = ${rebuilt}
  `.execute(db);
}

/** Only what was swept: a remove must not go before what it removed. */
async function publishHorizon(db: CentralDb, { horizon, pinExpiryMs }: CompactionWish): Promise<void> {
  const { sweptTo, rebuilt } = await readFeedState(db);
  const held = [await oldestPin(db, pinExpiryMs), await oldestCursor(db, 'can not refill')];
  const to = earliest(horizon, sweptTo, ...held.filter((xid) => xid !== undefined));
  await sql`
    update feed_state set horizon = ${to}::xid8 where horizon < ${to}::xid8 and rebuilt = ${rebuilt}
  `.execute(db);
}

/**
 * Drops what is superseded among the next thousand or so changes and those before that they supersede.
 *
 * @returns how many; undefined when all is swept.
 */
async function sweepSlice(db: CentralDb, sliceChanges: number): Promise<number | undefined> {
  const { sweptTo: from, compactedTo, rebuilt } = await readFeedState(db);
  if (!isBefore(from, compactedTo)) return undefined;
  const { rows } = await sql<{ xid: string }>`
    select xid::text as xid from change where xid > ${from}::xid8 and xid <= ${compactedTo}::xid8
    order by change.xid, change.ord offset ${sliceChanges} limit 1
  `.execute(db);
  const to = rows[0]?.xid ?? compactedTo;
  return db.transaction().execute(async (tx) => {
    // Lost in a crash, it is done again; and the gate waits for no disk.
    await sql`set local synchronous_commit = off`.execute(tx);
    if (!(await isSameFeed(tx, rebuilt))) return 0;
    const { numAffectedRows = 0n } = await sql`
      delete from change c
      using (select distinct scope, kind, key from change where xid > ${from}::xid8 and xid <= ${to}::xid8) touched
      where c.scope = touched.scope and c.kind = touched.kind and c.key = touched.key and c.xid <= ${to}::xid8
        and exists (
          select from change newer
          where newer.scope = c.scope and newer.kind = c.kind and newer.key = c.key
            and (newer.xid, newer.ord) > (c.xid, c.ord) and newer.xid <= ${compactedTo}::xid8)
    `.execute(tx);
    await sql`update feed_state set swept_to = ${to}::xid8 where swept_to = ${from}::xid8`.execute(tx);
    return Number(numAffectedRows);
  });
}

/** @returns how many; undefined when none up to the horizon are left. */
async function dropRemoves(db: CentralDb, sliceChanges: number): Promise<number | undefined> {
  const { removesSweptTo: from, horizon, rebuilt } = await readFeedState(db);
  if (!isBefore(from, horizon)) return undefined;
  return db.transaction().execute(async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx);
    if (!(await isSameFeed(tx, rebuilt))) return 0;
    const { numAffectedRows = 0n } = await sql`
      delete from change where (xid, ord) in (
        select xid, ord from change where op = 'remove' and xid <= ${horizon}::xid8
        order by xid limit ${sliceChanges})
    `.execute(tx);
    if (numAffectedRows < sliceChanges) {
      await sql`update feed_state set removes_swept_to = ${horizon}::xid8 where horizon = ${horizon}::xid8`.execute(tx);
    }
    return Number(numAffectedRows);
  });
}

/** Until the transaction ends: an epoch that writes the feed anew waits for it, or this one's positions are none any more. */
async function isSameFeed(tx: CentralTransaction, rebuilt: number): Promise<boolean> {
  const { rows } = await sql`select from feed_state where rebuilt = ${rebuilt} for no key update`.execute(tx);
  return rows.length > 0;
}
