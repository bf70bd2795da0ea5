/**
 * Lays what desks brought back on the rows, as far as what it builds on has come back, too: lane by lane, round after
 * round, until nothing more can be settled. What can't stays in `reoffered`, with what it waits for.
 */
import { sql } from 'kysely';
import { MAX_TRANSACTION_CHANGES } from '../../src-shared/protocol/limits.ts';
import type { ReofferedMutation } from '../../src-shared/protocol/reoffer.ts';
import { integerArray, uuidArray } from '../db/array-literals.ts';
import { warehouseLock } from '../db/lock-keys.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction, ReofferedTable } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Device } from '../identity/device.ts';
import type { Epoch } from '../identity/epoch.ts';
import { incarnationsOf } from '../identity/incarnations.ts';
import { authenticate } from '../mutations/authenticate.ts';
import type { BatchState } from '../mutations/batch-state.ts';
import type { CatalogueMemory } from '../mutations/catalogue-memory.ts';
import { mostChangesOf, type Candidate } from '../mutations/judge-batch.ts';
import { loadBatch } from '../mutations/load-batch.ts';
import { readMutationIntent, readPushed } from '../mutations/read-pushed.ts';
import { writeBatch } from '../mutations/write-batch.ts';
import { RETURNING_BATCH, RETURNING_LANES } from '../limits.ts';
import { judgeAgain, type Again, type Finding, type Returning } from './judge-again.ts';

export interface ReturnContext {
  db: CentralDb;
  epoch: Epoch;
  catalogue: CatalogueMemory;
  logFault: (error: unknown) => string;
  committed: (xid: string) => void;
}

type Waiting = Pick<ReofferedTable, 'mutation_id' | 'device_id' | 'lane'> & { offer: ReofferedMutation };

/**
 * Settles what it can of all that waits: the program may have been stopped between taking something in and settling it,
 * and rows that were missing may be there by now.
 */
export async function settleWaiting(context: ReturnContext, signal?: AbortSignal): Promise<void> {
  let after = '';
  for (;;) {
    const lanes = await waitingLanes(context.db, after);
    await settleLanes(context, lanes);
    if (lanes.length < RETURNING_LANES || signal?.aborted) return;
    after = lanes.at(-1) ?? after;
  }
}

async function waitingLanes(db: CentralDb, after: string): Promise<string[]> {
  const rows = await db
    .selectFrom('reoffered')
    .select('lane')
    .distinct()
    .where('lane', '>', after)
    .orderBy('lane')
    .limit(RETURNING_LANES)
    .execute();
  return rows.map(({ lane }) => lane);
}

/** Settles what it can of these lanes, whichever desks brought it. */
export async function settleLanes(context: ReturnContext, lanes: readonly string[]): Promise<void> {
  for (let progress = true; progress;) {
    progress = false;
    const waiting = await waitingIn(context.db, lanes);
    for (const deviceId of new Set(waiting.map((entry) => entry.device_id))) {
      const entries = waiting.filter((entry) => entry.device_id === deviceId);
      const device = await deviceById(context.db, deviceId);
      for (let from = 0; from < entries.length; from += RETURNING_BATCH) {
        const settled = await settleSome(context, device, entries.slice(from, from + RETURNING_BATCH));
        progress ||= settled > 0;
      }
    }
  }
}

/** In the order in which they were settled first, as far as it can be told across epochs. */
async function waitingIn(db: CentralDb, lanes: readonly string[]): Promise<Waiting[]> {
  if (lanes.length === 0) return [];
  const rows = await db
    .selectFrom('reoffered')
    .select(['mutation_id', 'device_id', 'lane', 'offer'])
    .where('lane', '=', sql<string>`any(${lanes}::text[])`)
    .execute();
  return rows.toSorted(
    (a, b) => a.offer.judgedAt - b.offer.judgedAt || a.offer.proof.position - b.offer.proof.position,
  );
}

async function settleSome(context: ReturnContext, device: Device, entries: readonly Waiting[]): Promise<number> {
  const { returning, unknown } = await readReturning(context, device, entries);
  await noteWaiting(
    context.db,
    unknown.map((id) => ({ id, why: 'session' as const, missing: [] })),
  );
  if (returning.length === 0) return 0;
  try {
    return await settleTogether(context, device, returning);
  } catch (error) {
    if (returning.length === 1) return await setAside(context, returning, error);
    context.logFault(error);
  }
  let settled = 0;
  for (const one of returning) {
    settled += await settleTogether(context, device, [one]).catch((error: unknown) => setAside(context, [one], error));
  }
  return settled;
}

/** One that the database refuses holds up no other; the log says why, and the view of the recovery shows it. */
async function setAside(context: ReturnContext, returning: readonly Returning[], error: unknown): Promise<number> {
  const logId = context.logFault(error);
  await noteWaiting(
    context.db,
    returning.map(({ candidate }) => ({ id: candidate.body.id, why: 'fault' as const, missing: [logId] })),
  );
  return 0;
}

async function settleTogether(context: ReturnContext, device: Device, given: readonly Returning[]): Promise<number> {
  const { db, epoch, catalogue } = context;
  const done = await writeTransaction(db, [warehouseLock(device.branch.warehouseId)], async (tx) => {
    const candidates = given.map(({ candidate }) => candidate);
    const state = await loadBatch(tx, device, candidates, catalogue);
    // What is set aside for a desk is for what it will promise, not for what has gone.
    state.leases.clear();
    const before = new Map([...state.stock].map(([productId, { onHand }]) => [productId, onHand]));
    const settled: string[] = [];
    const waiting: (Extract<Again, { settled: false }> & { id: string })[] = [];
    const findings: (Finding & { id: string })[] = [];
    for (const returning of given) {
      if (state.changes > 0 && state.changes + mostChangesOf(state, returning.candidate) > MAX_TRANSACTION_CHANGES)
        break;
      const { id } = returning.candidate.body;
      const again = judgeAgain(state, returning, { device, currency: epoch.currency, at: Date.now() });
      if (again.settled) {
        settled.push(id);
        findings.push(...again.findings.map((finding) => ({ ...finding, id })));
      } else waiting.push({ ...again, id });
    }
    await raiseStock(tx, { state, before, warehouseId: device.branch.warehouseId });
    const xid = await writeBatch(tx, state, device);
    await noteFindings(tx, epoch.epoch, findings);
    if (settled.length > 0) await tx.deleteFrom('reoffered').where('mutation_id', 'in', settled).execute();
    return { xid, settled: settled.length, waiting };
  });
  await noteWaiting(db, done.waiting);
  if (done.xid !== undefined) context.committed(done.xid);
  return done.settled;
}

/** Who signed them, and what they say; `unknown`: of sessions that this database does not know. */
async function readReturning(
  { db }: ReturnContext,
  device: Device,
  entries: readonly Waiting[],
): Promise<{ returning: Returning[]; unknown: string[] }> {
  const incarnations = await incarnationsOf(db, device);
  const codes = new Map([...incarnations].map(([id, { code }]) => [id, code]));
  const read = entries.flatMap(({ offer }) => {
    const pushed = readPushed(offer);
    return pushed.ok ? [{ offer, mutation: pushed.read }] : [];
  });
  const authentications = await authenticate(
    { db, device, incarnations: codes },
    read.map(({ mutation }) => mutation),
  );
  const returning: Returning[] = [];
  const unknown: string[] = [];
  for (const [index, { offer, mutation }] of read.entries()) {
    const authentication = authentications[index];
    const intent = readMutationIntent(mutation);
    if (!authentication?.ok || !intent.ok) {
      unknown.push(offer.id);
      continue;
    }
    const offeredBy = incarnations.has(offer.incarnationId) ? offer.incarnationId : undefined;
    const candidate: Candidate = { ...mutation, intent: intent.intent, signed: authentication.signed, offeredBy };
    returning.push({ candidate, offer });
  }
  return { returning, unknown };
}

async function deviceById(db: CentralDb, deviceId: string): Promise<Device> {
  const row = await db
    .selectFrom('device')
    .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
    .where('device.device_id', '=', deviceId)
    .select(['device.device_id', 'device.name as device_name'])
    .selectAll('branch')
    .executeTakeFirstOrThrow();
  return { deviceId: row.device_id as Device['deviceId'], name: row.device_name, branch: branchOf(row), scopes: [] };
}

/**
 * Before the batch is written, whose changes say what is on hand: rows that were not there, and those taken along. What is
 * less goes with what was set aside of it, in the batch itself: alone it might be less than that.
 */
async function raiseStock(
  tx: CentralTransaction,
  of: { state: BatchState; before: ReadonlyMap<string, number>; warehouseId: string },
): Promise<void> {
  const raised = [...of.state.stock].filter(([id, entry]) => entry.touched && of.before.get(id) !== entry.onHand);
  if (raised.length === 0) return;
  await sql`
    insert into stock (warehouse_id, product_id, on_hand, allocated, rev)
    select ${of.warehouseId}::uuid, product_id, on_hand, 0, 0 from unnest(
      ${uuidArray(raised.map(([productId]) => productId))}::uuid[],
      ${integerArray(raised.map(([, entry]) => entry.onHand))}::bigint[]
    ) as given (product_id, on_hand)
    on conflict (warehouse_id, product_id) do update set on_hand = greatest(stock.on_hand, excluded.on_hand)
  `.execute(tx);
}

async function noteWaiting(
  db: CentralDb,
  waiting: readonly { id: string; why: ReofferedTable['why']; missing: readonly string[] }[],
): Promise<void> {
  for (const { id, why, missing } of waiting) {
    await db
      .updateTable('reoffered')
      .set({ why, missing: JSON.stringify(missing) })
      .where('mutation_id', '=', id)
      .execute();
  }
}

async function noteFindings(
  tx: CentralTransaction,
  epoch: string,
  findings: readonly (Finding & { id: string })[],
): Promise<void> {
  if (findings.length === 0) return;
  await tx
    .insertInto('recovery_finding')
    .values(
      findings.map(({ id, kind, details }) => ({ epoch, kind, mutation_id: id, details: JSON.stringify(details) })),
    )
    .execute();
}
