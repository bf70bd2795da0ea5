/**
 * Begins a new life of this database, when it was found to have been set back: restored, promoted, or put into another
 * cluster. In one transaction under one lock, so that a crash in the middle leaves nothing of it and the next start does
 * it again; of several nodes that notice, one does it.
 *
 * Guarantees: no cursor of the old life is taken any more (cursors carry the epoch, for transaction ids may come again
 * after it); what central numbers goes on far past anything that it can have given out; the feed holds the whole
 * projection, in positions of this cluster; every desk has to say hello again.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { lockNumber } from '../db/write-transaction.ts';
import type { CentralDb, CentralTransaction, EpochLifeTable } from '../db/schema.ts';
import type { ServerIdentity } from '../db/server-identity.ts';
import { incarnationsBy } from './incarnations.ts';
import { beginRun, newestTransaction } from './server-runs.ts';
import { EPOCH_INCARNATION_JUMP, EPOCH_POSITION_JUMP, FEED_REBUILD_TRANSACTION_CHANGES } from '../limits.ts';

/** @param of.seen the life that was found to have ended: when it has ended already, nothing is done. */
export async function beginEpoch(
  db: CentralDb,
  of: { reason: EpochLifeTable['reason']; seen: string; server: ServerIdentity },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // A feed that has to be rebuilt takes as long as it takes.
    await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
      set_config('idle_in_transaction_session_timeout', '0', true)`.execute(tx);
    await sql`select pg_advisory_xact_lock(${lockNumber('epoch').toString()}::bigint)`.execute(tx);
    const row = await tx.selectFrom('epoch').select('epoch').forUpdate().executeTakeFirstOrThrow();
    if (row.epoch !== of.seen) return;
    await write(tx, of);
    await forgetPositions(tx);
    if (await feedIsForeign(tx)) await rebuildFeed(tx);
  });
}

async function write(
  tx: CentralTransaction,
  { reason, server }: { reason: EpochLifeTable['reason']; server: ServerIdentity },
): Promise<void> {
  const epoch = randomUUID();
  const byNow = incarnationsBy(Date.now());
  const { rows } = await sql<{ position: number }>`
    select setval(pg_get_serial_sequence('receipt', 'position'),
      nextval(pg_get_serial_sequence('receipt', 'position')) + ${EPOCH_POSITION_JUMP}::bigint) as position
  `.execute(tx);
  await tx
    .insertInto('epoch_life')
    .values({
      epoch,
      reason,
      system_identifier: server.systemIdentifier,
      timeline: server.timeline,
      // The next receipt has the one after what was set.
      from_position: (rows[0]?.position ?? 0) + 1,
      closed_by: null,
    })
    .execute();
  await tx
    .updateTable('epoch')
    .set({
      epoch,
      system_identifier: server.systemIdentifier,
      timeline: server.timeline,
      server_started_at: server.startedAt,
      recovering: true,
      // Codes that were given out and are not remembered here; nor are epochs that began before from the same backup.
      next_incarnation: sql<number>`
        case when ${byNow}::bigint > next_incarnation then ${byNow}::bigint
        else next_incarnation + ${EPOCH_INCARNATION_JUMP} end`,
    })
    .execute();
}

/** What was known of desks' files and readers is of a past that some of them know better. */
async function forgetPositions(tx: CentralTransaction): Promise<void> {
  await tx.updateTable('incarnation').set({ life: null, disputed: false }).execute();
  await tx.deleteFrom('device_cursor').execute();
  await tx.deleteFrom('feed_pin').execute();
  await sql`delete from xid_gap`.execute(tx);
  const newest = await newestTransaction(tx);
  await beginRun(tx, { after: newest, upTo: newest });
}

/** Whether its positions are of another cluster's count, ahead of this one's: readers would not see them for years. */
async function feedIsForeign(tx: CentralTransaction): Promise<boolean> {
  const { rows } = await sql<{ foreign: boolean }>`
    select coalesce((select max(xid) from change) >= pg_snapshot_xmin(s), false)
      or (select greatest(folded_to, compacted_to) from feed_state) >= pg_snapshot_xmin(s) as foreign
    from pg_current_snapshot() s
  `.execute(tx);
  return rows[0]?.foreign === true;
}

/**
 * Writes the feed anew: the latest word on every row that is there, in positions that this cluster has passed long ago.
 * Cut into transactions of a bounded size, which pages are made of.
 */
async function rebuildFeed(tx: CentralTransaction): Promise<void> {
  // Somebody may be writing past any central that knows of this: an import, another program. What they have written by
  // now is waited for and kept; what they write later comes after it. Compaction locks in this order, too.
  await sql`select from feed_state for update`.execute(tx);
  await sql`lock table change in exclusive mode`.execute(tx);
  await sql`
    create temporary table feed_kept on commit drop as
    select scope, kind, key, rev, row_json, row_hash,
      -- Ids below 3 are PostgreSQL's own.
      (row_number() over (order by xid, ord) - 1) / ${FEED_REBUILD_TRANSACTION_CHANGES}::bigint + 3 as place
    from (select distinct on (scope, kind, key) * from change order by scope, kind, key, xid desc, ord desc) latest
    where op = 'put'
  `.execute(tx);
  await tx.deleteFrom('change').execute();
  await sql`
    insert into change (xid, scope, kind, key, op, rev, row_json, row_hash)
    select place::text::xid8, scope, kind, key, 'put', rev, row_json, row_hash from feed_kept order by place
  `.execute(tx);
  await sql`delete from feed_time`.execute(tx);
  await sql`delete from scope_digest`.execute(tx);
  await sql`
    update feed_state set folded_to = '0', compacted_to = '0', swept_to = '0', horizon = '0', removes_swept_to = '0',
      rebuilt = rebuilt + 1
  `.execute(tx);
}
