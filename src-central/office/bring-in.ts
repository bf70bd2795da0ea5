/**
 * The orders of a desk that can't send them any more, brought in by hand from its "orders out" file.
 *
 * Guarantees: judged exactly as if the desk had pushed them, each by its own signature, once for each id: a second time,
 * or when the desk comes back after all, the first verdict is told. Receipts wait for the desk in its own scope.
 */
import { randomUUID } from 'node:crypto';
import type { DeviceId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { OrdersOutEntry } from '../../src-shared/protocol/orders-out.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Device } from '../identity/device.ts';
import { incarnationCodes } from '../mutations/authenticate.ts';
import { pushMutations } from '../mutations/push.ts';
import type { OfficeContext } from './office-context.ts';

/** The desk that a file is of, revoked or not. @throws AppError NOT_FOUND. */
export async function deskOfFile(db: CentralDb, deviceId: string): Promise<Device> {
  const row = await db
    .selectFrom('device')
    .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
    .where('device.device_id', '=', deviceId)
    .where('device.kind', '=', 'desk')
    .selectAll('branch')
    .select('device.name as device_name')
    .executeTakeFirst();
  if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `desk ${deviceId}` });
  return { deviceId: deviceId as DeviceId, name: row.device_name, branch: branchOf(row), scopes: [] };
}

/** One outcome for each entry, in their order; null for one that has not so much as an id. */
export async function bringIn(
  context: OfficeContext,
  device: Device,
  entries: readonly OrdersOutEntry[],
): Promise<(PushOutcome | null)[]> {
  const { db, user } = context;
  const offered = entries.map(({ id, seq, body, bodyHash, signature }) => ({ id, seq, body, bodyHash, signature }));
  const incarnations = await incarnationCodes(db, device);
  const answered = await pushMutations({ ...context, device, incarnations }, offered);
  const outcomes = new Map<string, PushOutcome>(answered.map((outcome) => [outcome.id, outcome]));
  const settled = answered.filter(({ outcome }) => outcome === 'applied' || outcome === 'refused');
  if (settled.length > 0) {
    const acts = settled.map(({ id }) => ({
      act_id: randomUUID(),
      what: 'broughtIn' as const,
      user_id: user.userId,
      mutation_id: id,
      reason: '',
      body: null,
      done_at: Date.now(),
    }));
    await writeTransaction(db, [], (tx) => tx.insertInto('office_act').values(acts).execute());
  }
  return entries.map(({ id }) => outcomes.get(id) ?? null);
}
