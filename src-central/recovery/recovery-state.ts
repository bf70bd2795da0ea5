/**
 * How far a recovery has come: open from the beginning of a new epoch until every desk that was known has brought back
 * what it had and nothing waits, or an admin closes it.
 */
import { sql } from 'kysely';
import type {
  CentralDb,
  CentralTransaction,
  EpochLifeTable,
  RecoveryFindingTable,
  ReofferedTable,
} from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';

export interface RecoveryStatus {
  epoch: string;
  reason: EpochLifeTable['reason'];
  beganAt: number;
  open: boolean;
  closedAt: number | null;
  /** Desks that were known when it began. */
  desks: { deviceId: string; name: string; branchCode: string; doneAt: number | null; lastSeenAt: number | null }[];
  /** What was brought back and waits for something. */
  waiting: {
    mutationId: string;
    deviceName: string;
    lane: string;
    why: ReofferedTable['why'];
    missing: string[];
  }[];
  findings: {
    kind: RecoveryFindingTable['kind'];
    mutationId: string;
    details: Record<string, unknown>;
    foundAt: number;
  }[];
  backedUpTo: number | null;
}

/** Rows of each list that are shown; a recovery that has more is not ended by reading on. */
const MAX_LISTED = 1_000;

/** A desk has brought back all that it had. @returns whether that has closed the recovery. */
export async function noteDone(db: CentralDb, of: { epoch: string; deviceId: string }): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('recovery_desk')
      .values({ epoch: of.epoch, device_id: of.deviceId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return closeIfAllBack(tx, of.epoch);
  });
}

/** What waited may have been settled after the last desk was done. @returns whether that has closed the recovery. */
export async function closeWhenAllBack(db: CentralDb, epoch: string): Promise<boolean> {
  return db.transaction().execute((tx) => closeIfAllBack(tx, epoch));
}

async function closeIfAllBack(tx: CentralTransaction, epoch: string): Promise<boolean> {
  const { rows } = await sql<{ open: number }>`
      select (select count(*) from reoffered) + (
        select count(*) from device d join epoch_life l on l.epoch = ${epoch}
        where d.kind = 'desk' and d.revoked_at is null and d.last_seen_at is not null and d.enrolled_at < l.began_at
          and not exists (select 1 from recovery_desk r where r.epoch = l.epoch and r.device_id = d.device_id)
      ) as open
    `.execute(tx);
  if (rows[0]?.open !== 0) return false;
  return close(tx, { epoch, by: null });
}

/** @returns false when it was closed already. */
export async function closeRecovery(db: CentralDb, of: { epoch: string; by: string }): Promise<boolean> {
  return writeTransaction(db, [], (tx) => close(tx, of));
}

async function close(tx: CentralTransaction, of: { epoch: string; by: string | null }): Promise<boolean> {
  const closed = await tx
    .updateTable('epoch_life')
    .set({ closed_at: new Date(), closed_by: of.by })
    .where('epoch', '=', of.epoch)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  await tx.updateTable('epoch').set({ recovering: false }).where('epoch', '=', of.epoch).execute();
  return closed.numUpdatedRows > 0n;
}

/** `branchId`: of the branch whose desks are asked about; null for all. */
export async function recoveryStatus(db: CentralDb, branchId: string | null): Promise<RecoveryStatus> {
  const life = await db
    .selectFrom('epoch')
    .innerJoin('epoch_life', 'epoch_life.epoch', 'epoch.epoch')
    .select(['epoch_life.epoch', 'reason', 'began_at', 'closed_at'])
    .executeTakeFirstOrThrow();
  const desks = await db
    .selectFrom('device as d')
    .innerJoin('branch', 'branch.branch_id', 'd.branch_id')
    .leftJoin('recovery_desk as r', (join) =>
      join.onRef('r.device_id', '=', 'd.device_id').on('r.epoch', '=', life.epoch),
    )
    .where('d.kind', '=', 'desk')
    .where('d.revoked_at', 'is', null)
    .where('d.last_seen_at', 'is not', null)
    .where('d.enrolled_at', '<', life.began_at)
    .$if(branchId !== null, (query) => query.where('d.branch_id', '=', branchId))
    .select(['d.device_id', 'd.name', 'branch.code', 'r.done_at', 'd.last_seen_at'])
    .orderBy('d.name')
    .execute();
  const waiting = await db
    .selectFrom('reoffered as o')
    .innerJoin('device as d', 'd.device_id', 'o.device_id')
    .$if(branchId !== null, (query) => query.where('d.branch_id', '=', branchId))
    .select(['o.mutation_id', 'd.name', 'o.lane', 'o.why', 'o.missing'])
    .orderBy('o.offered_at')
    .limit(MAX_LISTED)
    .execute();
  const findings = await db
    .selectFrom('recovery_finding')
    .select(['kind', 'mutation_id', 'details', 'found_at'])
    .where('epoch', '=', life.epoch)
    .orderBy('finding_id')
    .limit(MAX_LISTED)
    .execute();
  return {
    epoch: life.epoch,
    reason: life.reason,
    beganAt: life.began_at.getTime(),
    open: life.closed_at === null,
    closedAt: life.closed_at?.getTime() ?? null,
    desks: desks.map((row) => ({
      deviceId: row.device_id,
      name: row.name,
      branchCode: row.code,
      doneAt: row.done_at?.getTime() ?? null,
      lastSeenAt: row.last_seen_at?.getTime() ?? null,
    })),
    waiting: waiting.map((row) => ({
      mutationId: row.mutation_id,
      deviceName: row.name,
      lane: row.lane,
      why: row.why,
      missing: row.missing,
    })),
    findings: findings.map((row) => ({
      kind: row.kind,
      mutationId: row.mutation_id,
      details: row.details,
      foundAt: row.found_at.getTime(),
    })),
    backedUpTo: await backedUpTo(db),
  };
}

/**
 * Notes that a backup has everything that was committed by then: the time at which it began. Never goes back.
 *
 * @param upTo Unix milliseconds by the database's clock; left out, now.
 * @throws RangeError for a time to come.
 */
export async function recordBackup(db: CentralDb, upTo?: number): Promise<number> {
  const { rows } = await sql<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
  `.execute(db);
  const now = rows[0]?.now ?? 0;
  if (upTo !== undefined && upTo > now) throw new RangeError('a backup that is to come has nothing in it yet');
  const row = await writeTransaction(db, [], (tx) =>
    tx
      .insertInto('backed_up')
      .values({ up_to: upTo ?? now, recorded_at: new Date() })
      .onConflict((conflict) =>
        conflict.column('only_row').doUpdateSet({
          up_to: sql<number>`greatest(backed_up.up_to, excluded.up_to)`,
          recorded_at: new Date(),
        }),
      )
      .returning('up_to')
      .executeTakeFirstOrThrow(),
  );
  return row.up_to;
}

export async function backedUpTo(db: CentralDb): Promise<number | null> {
  const row = await db.selectFrom('backed_up').select('up_to').executeTakeFirst();
  return row?.up_to ?? null;
}
