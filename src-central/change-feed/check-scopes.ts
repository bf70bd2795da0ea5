/**
 * The nightly check of central itself: for every scope there is, that the feed's latest word on every row is what the
 * tables hold, and that the folded digests are what the feed comes to.
 *
 * A row that was changed past the recorder is told and left as it is: which of the two is right, a person decides. A
 * wrong sum is told and replaced, for it is nobody's data, and every desk would take itself for damaged by it.
 */
import { sql } from 'kysely';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { digestFromFeed, foldedDigests, type KindDigest } from './digest.ts';
import { findDivergence, type Divergence } from './divergence.ts';
import { readFeedState } from './feed-state.ts';
import { readSnapshot } from './gate.ts';

export interface ScopeFault {
  scope: Scope;
  divergence: Divergence[];
  /** Kinds whose folded sum was wrong. */
  wrongSums: string[];
}

/** What the sums of a scope come to, at which position of which feed. */
interface RightSums {
  right: readonly KindDigest[];
  foldedTo: string;
  rebuilt: number;
}

/** Each scope on a snapshot of its own: one for all would keep old row versions for hours. */
export async function checkScopes(
  db: CentralDb,
  onFault: (fault: ScopeFault) => Promise<void>,
  signal?: AbortSignal,
): Promise<number> {
  const scopes = await allScopes(db);
  for (const scope of scopes) {
    if (signal?.aborted === true) break;
    const { fault, ...sums } = await readSnapshot(db, (tx) => checkScope(tx, scope));
    if (fault.wrongSums.length > 0) await replaceSums(db, { scope, ...sums });
    if (fault.divergence.length > 0 || fault.wrongSums.length > 0) await onFault(fault);
  }
  return scopes.length;
}

/** Whatever any desk could be granted, and whatever the feed or the sums tell of. */
async function allScopes(db: CentralDb): Promise<Scope[]> {
  const { rows } = await sql<{ scope: Scope }>`
    select 'catalogue' as scope
    union select 'branch:' || branch_id from branch
    union select 'device:' || device_id from device
    union select 'orders:' || branch_id || ':' || to_char(business_date, 'YYYY-MM') from sales_order
    union select scope from scope_digest where scope ~ '^(catalogue$|branch:|device:|orders:)'
    order by 1
  `.execute(db);
  return rows.map(({ scope }) => scope);
}

async function checkScope(tx: CentralTransaction, scope: Scope): Promise<{ fault: ScopeFault } & RightSums> {
  // A large scope takes its time, and holds up nobody: it only reads.
  await sql`select set_config('transaction_timeout', '0', true)
    where current_setting('server_version_num')::integer >= 170000`.execute(tx);
  const divergence = await findDivergence(tx, [scope]);
  const { foldedTo, rebuilt } = await readFeedState(tx);
  const right = await digestFromFeed(tx, { xid: foldedTo, scopes: [scope] });
  const spelled = (of: { kind: string; rows: number; sum: bigint | string }): string =>
    `${of.kind} ${of.rows} ${of.sum}`;
  const expected = new Set(right.map(spelled));
  const folded = (await foldedDigests(tx, [scope])).filter(({ rows, sum }) => rows !== 0 || sum !== '0');
  const found = new Set(folded.map(spelled));
  const wrongSums = [...right, ...folded]
    .filter((each) => !expected.has(spelled(each)) || !found.has(spelled(each)))
    .map(({ kind }) => kind);
  return { fault: { scope, divergence, wrongSums: [...new Set(wrongSums)] }, right, foldedTo, rebuilt };
}

async function replaceSums(
  db: CentralDb,
  { scope, right, foldedTo, rebuilt }: RightSums & { scope: Scope },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Only while they are the sums of that position; else the next night does it.
    const { rows } = await sql`
      select from feed_state where folded_to = ${foldedTo}::xid8 and rebuilt = ${rebuilt} for update`.execute(tx);
    if (rows.length === 0) return;
    await tx.deleteFrom('scope_digest').where('scope', '=', scope).execute();
    if (right.length === 0) return;
    await tx
      .insertInto('scope_digest')
      .values(right.map(({ kind, rows: count, sum }) => ({ scope, kind, rows: count, sum: sum.toString() })))
      .execute();
  });
}
