/**
 * The epoch: the life of this one database. It is bound to the cluster's system identifier and timeline, so that a copy
 * that was restored or promoted does not pass for the original and hand out positions and numbers a second time.
 *
 * Guarantees: a database that is not the one it was begins a new epoch before it serves anything (begin-epoch.ts); after
 * a crash of PostgreSQL no transaction gets an id that a cursor has passed.
 *
 * Not guaranteed: that a copy is told apart from its living original. Files put back within one timeline look as they
 * did; central's own witness outside of the database notices (witness.ts), and desks show what was lost. For what nobody
 * can know there is `--new-epoch`.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import { beginRun, newestTransaction } from './server-runs.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { readServerIdentity, type ServerIdentity } from '../db/server-identity.ts';
import type { CentralDb, EpochLifeTable } from '../db/schema.ts';
import { lockNumber } from '../db/write-transaction.ts';
import { CRASH_LOST_TRANSACTIONS } from '../limits.ts';
import { beginEpoch } from './begin-epoch.ts';
import type { Seen } from './witness.ts';

export interface Epoch {
  epoch: string;
  currency: Currency;
  /** True until the desks have brought back what was lost, or an admin closes it. */
  recovering: boolean;
  /** All lives of this database, oldest first: receipts carry positions, and a position is of one life. */
  lives: { epoch: string; fromPosition: number }[];
}

/** Its message is for people. */
export class EpochError extends Error {}

/**
 * Makes the epoch at the first start and compares it at every other; begins a new one where the database was set back.
 *
 * @param currency the house's currency, for a new database; an old one keeps its own.
 * @param seen what a node remembers of it.
 * @throws EpochError when the database is a standby.
 */
export async function ensureEpoch(db: CentralDb, currency: Currency, seen?: Seen): Promise<Epoch> {
  const server = await readServerIdentity(db);
  if (server.inRecovery) {
    throw new EpochError(
      'This PostgreSQL is a standby: it takes no orders until it is promoted ("pg_ctl promote"). ' +
        'Start central on the primary, or promote this one.',
    );
  }
  await beginFirst(db, currency, server);
  // Of a database from before timelines were bound.
  await db.updateTable('epoch').set({ timeline: server.timeline }).where('timeline', 'is', null).execute();
  const found = await db.selectFrom('epoch').selectAll().executeTakeFirstOrThrow();
  const reason = whySetBack(found, server) ?? (await whyBehind(db, found, server, seen));
  if (reason) await beginEpoch(db, { reason, seen: found.epoch, server });
  else if (found.server_started_at?.getTime() !== server.startedAt.getTime()) await passLostTransactions(db, server);
  return loadEpoch(db);
}

function whySetBack(
  row: { system_identifier: string; timeline: number | null },
  server: ServerIdentity,
): EpochLifeTable['reason'] | undefined {
  if (row.system_identifier !== server.systemIdentifier) return 'cluster';
  return row.timeline === server.timeline ? undefined : 'timeline';
}

/**
 * Of what was seen in this very epoch and timeline, the log has only grown; and a life of this database that was seen it
 * remembers for ever. Else files were put back.
 */
async function whyBehind(
  db: CentralDb,
  row: { epoch: string },
  server: ServerIdentity,
  seen: Seen | undefined,
): Promise<'behind' | undefined> {
  if (!seen || server.flushed === null || seen.systemIdentifier !== server.systemIdentifier) return undefined;
  if (seen.epoch !== row.epoch) return (await isLifeOf(db, seen.epoch)) ? undefined : 'behind';
  if (seen.timeline !== server.timeline) return undefined;
  return BigInt(server.flushed) < BigInt(seen.flushed) ? 'behind' : undefined;
}

async function isLifeOf(db: CentralDb, epoch: string): Promise<boolean> {
  const row = await db.selectFrom('epoch_life').select('epoch').where('epoch', '=', epoch).executeTakeFirst();
  return row !== undefined;
}

/**
 * Whether this database was set back to before a life that a desk was in: it does not know that life, and what was judged
 * in it is younger than the one that it is in now. (What is older tells of a life that was lost before this one began.)
 */
export async function isOfLostLife(db: CentralDb, of: { epoch: string; judgedAt: number }): Promise<boolean> {
  if (await isLifeOf(db, of.epoch)) return false;
  const { began_at: beganAt } = await db
    .selectFrom('epoch')
    .innerJoin('epoch_life', 'epoch_life.epoch', 'epoch.epoch')
    .select('began_at')
    .executeTakeFirstOrThrow();
  return of.judgedAt > beganAt.getTime();
}

/** Whether the server behind a connection is the one that the epoch is bound to, in the run that it was seen in. */
export function isBoundTo(
  row: { system_identifier: string; timeline: number | null; server_started_at: Date | null },
  server: ServerIdentity,
): boolean {
  return whySetBack(row, server) === undefined && row.server_started_at?.getTime() === server.startedAt.getTime();
}

async function beginFirst(db: CentralDb, currency: Currency, server: ServerIdentity): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const epoch = randomUUID();
    const { systemIdentifier: system_identifier, timeline, startedAt: server_started_at } = server;
    const made = await tx
      .insertInto('epoch')
      .values({ epoch, system_identifier, timeline, server_started_at, currency })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if ((made.numInsertedOrUpdatedRows ?? 0n) === 0n) return;
    await tx
      .insertInto('epoch_life')
      .values({
        epoch,
        reason: 'first',
        system_identifier,
        timeline,
        from_position: 0,
        closed_at: new Date(),
        closed_by: null,
      })
      .execute();
    const newest = await newestTransaction(tx);
    await beginRun(tx, { after: newest, upTo: newest });
  });
}

/**
 * After a crash PostgreSQL counts transactions on from what its log holds. Ids that were given to transactions that wrote
 * nothing, or were rolled back, may not be in it, and readers may have passed them: they are passed over here, before
 * anything is written under them. Which they were is kept: nobody can have been given a cursor among them since.
 */
async function passLostTransactions(db: CentralDb, server: ServerIdentity): Promise<void> {
  await db.connection().execute(async (connection) => {
    const lock = lockNumber('epoch').toString();
    await sql`select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`.execute(
      connection,
    );
    await sql`select pg_advisory_lock(${lock}::bigint)`.execute(connection);
    try {
      const row = await connection.selectFrom('epoch').select('server_started_at').executeTakeFirstOrThrow();
      // Another node was quicker: it may serve already, and what it gives out must lie in no gap.
      if (row.server_started_at?.getTime() === server.startedAt.getTime()) return;
      const after = await newestTransaction(connection);
      await sql
        .raw(
          `do $$ begin for i in 1..${CRASH_LOST_TRANSACTIONS} loop perform pg_current_xact_id(); commit; end loop; end $$`,
        )
        .execute(connection);
      const upTo = await newestTransaction(connection);
      await connection.transaction().execute(async (tx) => {
        await beginRun(tx, { after, upTo });
        await tx.updateTable('epoch').set({ server_started_at: server.startedAt }).execute();
      });
    } finally {
      await sql`select pg_advisory_unlock(${lock}::bigint)`.execute(connection);
      await sql`reset statement_timeout`.execute(connection);
      await sql`reset lock_timeout`.execute(connection);
    }
  });
}

export async function loadEpoch(db: CentralDb): Promise<Epoch> {
  const row = await db.selectFrom('epoch').selectAll().executeTakeFirstOrThrow();
  const lives = await db
    .selectFrom('epoch_life')
    .select(['epoch', 'from_position as fromPosition'])
    .orderBy('from_position')
    .execute();
  return { epoch: row.epoch, currency: row.currency as Currency, recovering: row.recovering, lives };
}

/** In which life a receipt was given. */
export function lifeOfPosition({ epoch, lives }: Epoch, position: number): string {
  return lives.findLast((life) => life.fromPosition <= position)?.epoch ?? epoch;
}

/** What a desk is answered that speaks of another life of this database than the one it is in. */
export function epochChanged(epoch: string): AppError {
  return new AppError({ code: 'EPOCH_CHANGED', retry: 'later', epoch });
}
