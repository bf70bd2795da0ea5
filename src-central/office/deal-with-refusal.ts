/**
 * The office mends what central refused a desk, or lets it go.
 *
 * Guarantees: judged by the desks' own rulebook on locked rows; effect, receipt, decision and supersession commit
 * together, so the desk learns of all of it in one page and lets go of its intent. Whoever mends first, the desk or the
 * office, has done it: the other is told so. What the rules refuse is answered and leaves nothing behind.
 */
import type { Branch } from '../../src-shared/domain/branch.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import type { Issue, Repair } from '../../src-shared/domain/issue.ts';
import { isContent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { repairedLines } from '../../src-shared/mutations/repaired-content.ts';
import { MAX_BUSINESS_DATE_AGE_DAYS, MAX_BUSINESS_DATE_AHEAD_DAYS } from '../../src-shared/protocol/limits.ts';
import { warehouseLock } from '../db/lock-keys.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { BatchState } from '../mutations/batch-state.ts';
import { judgeBatch } from '../mutations/judge-batch.ts';
import { loadBatch } from '../mutations/load-batch.ts';
import { writeBatch } from '../mutations/write-batch.ts';
import { openRefusals, type Refusal } from './find-refusal.ts';
import type { OfficeContext } from './office-context.ts';
import { officeDevice } from './office-device.ts';
import { newActId, officeMutation } from './office-mutation.ts';

/** What a person changed of what was refused; nothing, to have it judged again as it is (and so to approve it). */
export interface Mending {
  repairs: readonly Repair[];
  lines?: OrderContent['lines'] | undefined;
  customerId?: OrderContent['customerId'] | undefined;
  note?: string | undefined;
}

export type Decision =
  | { what: 'mend'; mending: Mending }
  /** Ends an order that never was; of one that is, only the refused change is let go of. */
  | { what: 'letGo'; reason: string };

export interface Asked {
  mutationId: string;
  /** The order's version at central that the person was looking at; 0 where there was none. */
  baseVersion: number;
  decision: Decision;
}

export type Dealt =
  | { outcome: 'applied'; mutationId: string; issues: Issue[] }
  | { outcome: 'dismissed' }
  | { outcome: 'refused'; issues: Issue[] }
  /** By the desk, or by somebody else at central. */
  | { outcome: 'dealtWithBefore' }
  /** No schema of this central reads it. */
  | { outcome: 'unreadable' };

export async function dealWithRefusal(context: OfficeContext, branch: Branch, asked: Asked): Promise<Dealt> {
  const { dealt, xid } = await writeTransaction(context.db, [warehouseLock(branch.warehouseId)], async (tx) => {
    const open = await openRefusals(tx, { mutationId: asked.mutationId, branchId: branch.branchId });
    const refusal = open.find(({ receipt }) => receipt.mutationId === asked.mutationId);
    const parts: Parts = { context, tx, branch, asked, open, at: Date.now() };
    if (!refusal)
      return { dealt: (await knownRepair(parts)) ?? { outcome: 'dealtWithBefore' as const }, xid: undefined };
    return deal(parts, refusal);
  });
  if (xid !== undefined) context.committed(xid);
  return dealt;
}

interface Parts {
  context: OfficeContext;
  tx: CentralTransaction;
  branch: Branch;
  asked: Asked;
  open: readonly Refusal[];
  at: number;
}

interface Result {
  dealt: Dealt;
  xid: string | undefined;
}

/** The first run of this very decision may have committed before its connection broke. */
async function knownRepair({ tx, context, asked }: Parts): Promise<Dealt | undefined> {
  const act = await tx
    .selectFrom('office_act')
    .where('mutation_id', '=', asked.mutationId)
    .where('user_id', '=', context.user.userId)
    .where('what', 'in', asked.decision.what === 'mend' ? ['repaired'] : ['cancelled', 'dismissed'])
    .select(['act_id', 'what'])
    .executeTakeFirst();
  if (act?.what === 'dismissed') return { outcome: 'dismissed' };
  return act && { outcome: 'applied', mutationId: act.act_id, issues: [] };
}

async function deal(parts: Parts, refusal: Refusal): Promise<Result> {
  const { asked } = parts;
  if (!refusal.content) {
    return asked.decision.what === 'letGo' ? dismiss(parts) : { dealt: { outcome: 'unreadable' }, xid: undefined };
  }
  const stands = await orderStands(parts.tx, refusal.content.intent.args.orderId);
  if (asked.decision.what === 'letGo') {
    if (stands) return dismiss(parts);
    return settle(parts, refusal, cancelling(refusal.content.intent, asked.decision.reason));
  }
  return settle(parts, refusal, mended(refusal.content.intent, { parts, stands, mending: asked.decision.mending }));
}

async function orderStands(tx: CentralTransaction, orderId: string): Promise<boolean> {
  const row = await tx.selectFrom('sales_order').where('order_id', '=', orderId).select('order_id').executeTakeFirst();
  return row !== undefined;
}

function cancelling(refused: MutationIntent, reason: string): MutationIntent {
  const { orderId, number, branchId, warehouseId, customerId, businessDate } = refused.args;
  const args = { orderId, number, branchId, warehouseId, customerId, businessDate, baseVersion: 0, reason };
  return { name: 'order.cancel', args };
}

function mended(
  refused: MutationIntent,
  { parts, stands, mending }: { parts: Parts; stands: boolean; mending: Mending },
): MutationIntent {
  const { baseVersion } = parts.asked;
  // Judged once more, on the order as it is now.
  if (!isContent(refused)) return { ...refused, args: { ...refused.args, baseVersion } } as MutationIntent;
  const { args } = refused;
  return {
    name: 'order.amend',
    args: {
      ...args,
      baseVersion,
      customerId: mending.customerId ?? args.customerId,
      note: mending.note ?? args.note,
      ...(mending.repairs.some(({ kind }) => kind === 'askApproval') ? { approval: true as const } : {}),
      lines: repairedLines(mending.lines ?? args.lines, mending.lines ? [] : mending.repairs),
      // An order that was refused for a day far off gets today's, or nothing could ever mend it.
      businessDate: stands ? args.businessDate : plausibleDay(args.businessDate, parts),
    },
  };
}

function plausibleDay(day: string, { at, branch }: Parts): string {
  const daysAhead = (Date.parse(`${day}T12:00:00Z`) - at) / 86_400_000;
  const plausible = daysAhead <= MAX_BUSINESS_DATE_AHEAD_DAYS && daysAhead >= -MAX_BUSINESS_DATE_AGE_DAYS;
  return plausible ? day : businessDay(at, branch.timeZone);
}

async function settle(parts: Parts, refusal: Refusal, intent: MutationIntent): Promise<Result> {
  const { context, tx, branch, asked, open, at } = parts;
  const { db: _db, epoch, catalogue, logFault, user } = context;
  const office = await officeDevice(tx, branch);
  const candidate = officeMutation({
    by: user,
    office,
    intent,
    lane: refusal.receipt.lane,
    dependsOn: open.map(({ receipt }) => receipt.mutationId),
    incarnationCode: await incarnationCode(tx, refusal.receipt.incarnationId),
    at,
  });
  const state = await loadBatch(tx, office.device, [candidate], catalogue);
  const { outcomes } = judgeBatch(state, [candidate], {
    device: office.device,
    currency: epoch.currency,
    at,
    logFault,
  });
  const outcome = outcomes.get(candidate);
  if (outcome?.outcome !== 'applied') {
    const issues = outcome?.outcome === 'refused' ? outcome.issues : [];
    if (issues.length === 0) throw new Error(`office: a mutation came to ${outcome?.outcome ?? 'nothing'}`);
    return { dealt: { outcome: 'refused', issues }, xid: undefined };
  }
  const xid = await writeBatch(tx, state, office.device);
  await tx
    .insertInto('office_act')
    .values({
      act_id: candidate.body.id,
      what: asked.decision.what === 'mend' ? 'repaired' : 'cancelled',
      user_id: user.userId,
      mutation_id: asked.mutationId,
      reason: asked.decision.what === 'letGo' ? asked.decision.reason : '',
      body: candidate.pushed.body,
      done_at: at,
    })
    .execute();
  return { dealt: { outcome: 'applied', mutationId: candidate.body.id, issues: outcome.issues }, xid };
}

async function incarnationCode(tx: CentralTransaction, incarnationId: string): Promise<string> {
  const { code } = await tx
    .selectFrom('incarnation')
    .where('incarnation_id', '=', incarnationId)
    .select('code')
    .executeTakeFirstOrThrow();
  return code;
}

/** The order stays as it is; its refused changes end as superseded by the decision itself. */
async function dismiss({ context, tx, branch, asked, open, at }: Parts): Promise<Result> {
  const actId = newActId(at);
  const state = new BatchState();
  for (const { receipt } of open) {
    state.receipts.set(receipt.mutationId, receipt);
    state.supersede(receipt, actId);
  }
  const { device } = await officeDevice(tx, branch);
  const xid = await writeBatch(tx, state, device);
  await tx
    .insertInto('office_act')
    .values({
      act_id: actId,
      what: 'dismissed',
      user_id: context.user.userId,
      mutation_id: asked.mutationId,
      reason: asked.decision.what === 'letGo' ? asked.decision.reason : '',
      body: null,
      done_at: at,
    })
    .execute();
  return { dealt: { outcome: 'dismissed' }, xid };
}
