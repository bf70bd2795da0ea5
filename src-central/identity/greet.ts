/**
 * Hello: is this the file that spoke last under its incarnation?
 *
 * Guarantees: of two files under one incarnation at most one goes on under it; the other gets one of its own, under a
 * code that was never given. A hello whose answer was lost is answered the same when it comes again. A desk of protocol
 * 1 says no hello, and goes on without.
 *
 * Not guaranteed: which of two copies keeps the incarnation. The first to say hello does.
 */
import type { IncarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { HelloRequest, HelloResponse } from '../../src-shared/protocol/hello.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { learnSessions } from './certificates.ts';
import type { Device } from './device.ts';
import type { Epoch } from './epoch.ts';
import { newIncarnation, reclaimIncarnation, type Incarnation } from './incarnations.ts';
import type { ReceiptKey } from './receipt-key.ts';

export interface GreetContext {
  db: CentralDb;
  epoch: Epoch;
  device: Device;
  key: ReceiptKey;
}

type ForkReason = Extract<HelloResponse, { outcome: 'forked' }>['reason'];

/** @throws AppError NOT_ALLOWED for an incarnation of another desk. */
export async function greetDesk(context: GreetContext, request: HelloRequest): Promise<HelloResponse> {
  const { db, device, key } = context;
  return db.transaction().execute(async (tx): Promise<HelloResponse> => {
    await learnSessions(tx, { key, deviceId: device.deviceId, sessions: request.sessions });
    const head = { epoch: context.epoch.epoch, now: Date.now() };
    const incarnation = await lockedIncarnation(tx, device, request);
    const reason = await forkReason(tx, incarnation, request);
    if (reason === undefined) {
      await welcome(tx, request);
      return { ...head, outcome: 'welcome' };
    }
    const given = (await givenBefore(tx, request)) ?? (await give(tx, { device, request, reason }));
    return { ...head, outcome: 'forked', reason, ...given };
  });
}

async function lockedIncarnation(
  tx: CentralTransaction,
  device: Device,
  { incarnationId, incarnationCode }: HelloRequest,
): Promise<Incarnation> {
  const { deviceId } = device;
  for (const again of [true, false]) {
    const row = await tx
      .selectFrom('incarnation')
      .where('incarnation_id', '=', incarnationId)
      .where('device_id', '=', deviceId)
      .selectAll()
      .forUpdate()
      .executeTakeFirst();
    if (row) return row;
    if (!again || !(await reclaimIncarnation(tx, { deviceId, incarnationId, code: incarnationCode }))) break;
  }
  throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
}

/** Why this is not the file that spoke last; undefined when it is. */
async function forkReason(
  tx: CentralTransaction,
  kept: Incarnation,
  { suspect, machine, life, highestSeq }: HelloRequest,
): Promise<ForkReason | undefined> {
  if (suspect !== null) return 'suspect';
  if (machine !== null && kept.machine !== null && machine !== kept.machine) return 'machine';
  // The very life again: the answer was lost. None kept: this incarnation has not said hello yet.
  if (kept.life !== null && kept.life !== life.now && !life.before.includes(kept.life)) return 'life';
  if (kept.contested || kept.disputed || highestSeq < (await highestSeen(tx, kept))) return 'seq';
  return undefined;
}

async function highestSeen(tx: CentralTransaction, kept: Incarnation): Promise<number> {
  const pushed = await tx
    .selectFrom('receipt')
    .where('device_id', '=', kept.device_id)
    .where('incarnation_id', '=', kept.incarnation_id)
    .select((select) => select.fn.max<number | null>('seq').as('seq'))
    .executeTakeFirst();
  return Math.max(kept.highest_seq, pushed?.seq ?? 0);
}

async function welcome(tx: CentralTransaction, request: HelloRequest): Promise<void> {
  const { incarnationId, life, machine, build, highestSeq } = request;
  await tx
    .updateTable('incarnation')
    .set((row) => ({
      life: life.now,
      highest_seq: highestSeq,
      build,
      greeted_at: new Date(),
      // A machine that tells no id today is not another one.
      machine: row.fn.coalesce(row.val(machine), 'machine'),
    }))
    .where('incarnation_id', '=', incarnationId)
    .execute();
}

/**
 * What an earlier hello of this very file was given, when it has not heard of it: the life under which it was given is
 * this file's. Of a copy that was made meanwhile only the first gets it, for then its life has moved on.
 */
async function givenBefore(
  tx: CentralTransaction,
  { incarnationId, life, highestSeq }: HelloRequest,
): Promise<{ incarnationId: IncarnationId; incarnationCode: string } | undefined> {
  const row = await tx
    .updateTable('incarnation')
    .set({ life: life.now, highest_seq: highestSeq, greeted_at: new Date() })
    .where('forked_from', '=', incarnationId)
    .where('life', 'in', [life.now, ...life.before])
    .returning(['incarnation_id', 'code'])
    .executeTakeFirst();
  return row && { incarnationId: row.incarnation_id as IncarnationId, incarnationCode: row.code };
}

async function give(
  tx: CentralTransaction,
  of: { device: Device; request: HelloRequest; reason: ForkReason },
): Promise<{ incarnationId: IncarnationId; incarnationCode: string }> {
  const { incarnationId: from, life, machine } = of.request;
  const made = await newIncarnation(tx, {
    deviceId: of.device.deviceId,
    life: life.now,
    machine,
    forked_from: from,
    fork_reason: of.reason,
  });
  return { ...made, incarnationId: made.incarnationId as IncarnationId };
}
