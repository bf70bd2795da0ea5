/**
 * Judges a batch in memory, one mutation after another, each seeing the effects of those before it.
 *
 * Guarantees: a mutation that has a receipt keeps its first verdict; one whose dependencies are not there is held; the
 * rest get a verdict and a receipt in the state. A mutation that the code trips over is left out, and harms no other.
 */
import { errorIssue, type Issue } from '../../src-shared/domain/issue.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { stockMoves } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { judgeMutation, type Verdict } from '../../src-shared/mutations/judge.ts';
import { askedLinesOf, isContent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import {
  MAX_BUSINESS_DATE_AGE_DAYS,
  MAX_BUSINESS_DATE_AHEAD_DAYS,
  MAX_TRANSACTION_CHANGES,
} from '../../src-shared/protocol/limits.ts';
import type { MutationBody, PushedMutation } from '../../src-shared/protocol/mutation.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import type { Device } from '../identity/device.ts';
import type { Signed } from './authenticate.ts';
import { placeOf, type BatchState, type KnownReceipt } from './batch-state.ts';

export interface Candidate {
  body: MutationBody;
  /** As it was offered; made at central, it has no place in an outbox. */
  pushed: Pick<PushedMutation, 'id' | 'body' | 'bodyHash'> & { seq: number | null };
  /** Of the file that offered it: with `seq`, its place. Left out, the one that its body names. */
  offeredBy?: string | undefined;
  intent: MutationIntent;
  signed: Signed;
}

/** Under which incarnation a mutation has its place. */
export function incarnationOf({ offeredBy, body }: Candidate): string {
  return offeredBy ?? body.incarnationId;
}

/** An order may have got its number in an earlier life of the desk's file than the one that now speaks of it. */
function numberCode({ intent, signed }: Candidate): string {
  const code = parseOrderNumber(intent.args.number)?.incarnationCode;
  return code !== undefined && signed.deviceCodes?.has(code) ? code : signed.incarnationCode;
}

export interface JudgingContext {
  device: Device;
  currency: Currency;
  /** Unix milliseconds by central's clock: when the verdicts are given. */
  at: number;
  /** Writes a fault down and returns the id under which the log has it. */
  logFault: (error: unknown) => string;
}

export interface BatchVerdicts {
  outcomes: ReadonlyMap<Candidate, PushOutcome>;
  /** What did not fit into this transaction's bound; goes into the next one. */
  rest: Candidate[];
}

export function judgeBatch(
  state: BatchState,
  candidates: readonly Candidate[],
  context: JudgingContext,
): BatchVerdicts {
  const judging = judgeInSlices(state, candidates, { ...context, sliceMutations: Infinity });
  for (;;) {
    const step = judging.next();
    if (step.done) return step.value;
  }
}

/** The same, with a rest after every so many verdicts: what they came to may be written while the next are given. */
export function* judgeInSlices(
  state: BatchState,
  candidates: readonly Candidate[],
  { sliceMutations, ...context }: JudgingContext & { sliceMutations: number },
): Generator<void, BatchVerdicts> {
  let judged = 0;
  const outcomes = new Map<Candidate, PushOutcome>();
  let open = [...candidates];
  // A dependency may stand behind its dependant in the batch: go round while that settles anything.
  for (let settled = true; settled && open.length > 0;) {
    settled = false;
    const held: Candidate[] = [];
    for (const [index, candidate] of open.entries()) {
      if (state.changes > 0 && state.changes + mostChangesOf(state, candidate) > MAX_TRANSACTION_CHANGES) {
        for (const waiting of held) outcomes.delete(waiting);
        return { outcomes, rest: [...held, ...open.slice(index)] };
      }
      const outcome = judgeOne(state, candidate, context);
      outcomes.set(candidate, outcome);
      if (outcome.outcome === 'held') held.push(candidate);
      else settled = true;
      judged += 1;
      if (judged % sliceMutations === 0) yield;
    }
    open = held;
  }
  return { outcomes, rest: [] };
}

/**
 * An upper bound: every product the order holds or asks for, the order, its receipt, the receipts of what it ends, and the
 * accounts of the customer it had and of the one it has.
 */
export function mostChangesOf(state: BatchState, { body, intent }: Candidate): number {
  const asked = askedLinesOf(intent).length;
  const held = state.current(intent.args.orderId)?.lines.length ?? 0;
  return asked + held + 4 + body.dependsOn.length + (body.supersedes?.length ?? 0);
}

function judgeOne(state: BatchState, candidate: Candidate, context: JudgingContext): PushOutcome {
  const { body, pushed } = candidate;
  const { id } = body;
  const known =
    state.receipts.get(id) ?? state.places.get(placeOf({ incarnationId: incarnationOf(candidate), seq: pushed.seq }));
  if (known) {
    // The answer may have been lost after the commit, so a repeated id gets its first verdict; another body under a
    // known id, or another id in a known place of the outbox, is a fork or worse, and that mutation stops.
    if (known.mutationId !== id || known.bodyHash !== pushed.bodyHash) {
      if (known.mutationId !== id) state.placeTaken = true;
      return { id, outcome: 'mismatch', knownHash: known.bodyHash };
    }
    return { id, outcome: known.verdict, issues: known.issues };
  }
  const missing = body.dependsOn.filter((dependency) => !state.receipts.has(dependency));
  if (missing.length > 0 || buildsOnLost(state, candidate, context.device)) return { id, outcome: 'held', missing };
  try {
    const verdict = verdictOn(state, candidate, context);
    settle(state, candidate, verdict, context);
    return { id, outcome: verdict.verdict, issues: verdict.issues };
  } catch (error) {
    return { id, outcome: 'unreadable', reason: `fault:${context.logFault(error)}` };
  }
}

/**
 * After central was set back: what this mutation builds on, or ought to, may be on its way back, from whichever desk.
 * Refusing it as changed would be a verdict on what central has lost.
 */
function buildsOnLost(state: BatchState, candidate: Candidate, device: Device): boolean {
  const { intent } = candidate;
  if (state.epoch?.recovering !== true || intent.name === 'order.place') return false;
  if (state.returning.has(candidate.body.lane)) return true;
  const applied = dependenciesOf(state, candidate, device).filter((receipt) => receipt.verdict === 'applied').length;
  return (state.current(intent.args.orderId)?.version ?? 0) < intent.args.baseVersion + applied;
}

function verdictOn(state: BatchState, candidate: Candidate, context: JudgingContext): Verdict {
  const { body, intent, signed } = candidate;
  const { device } = context;
  const current = state.current(intent.args.orderId);
  const dependencies = dependenciesOf(state, candidate, device);
  const blocking =
    identityIssue(signed, device) ??
    approvalIssue(signed, dependencies) ??
    dateIssue(candidate, current !== undefined, context.at);
  if (blocking) return { verdict: 'refused', issues: [blocking] };
  const verdict = judgeMutation(
    intent,
    {
      current,
      dependenciesApplied: dependencies.filter((receipt) => receipt.verdict === 'applied').length,
      branch: device.branch,
      incarnationCode: numberCode(candidate),
      currency: context.currency,
      facts: state.factsOf(body.incarnationId),
      role: signed.role,
      shortage: 'error',
    },
    {
      mutationId: body.id,
      userId: signed.userId,
      userName: signed.displayName,
      deviceId: signed.atOffice ? null : device.deviceId,
      deviceName: signed.atOffice ? '' : device.name,
      at: context.at,
      madeAt: body.madeAt,
    },
  );
  if (verdict.verdict === 'refused') return verdict;
  const { number, orderId } = verdict.order;
  if ((state.numbers.get(number) ?? orderId) === orderId) return verdict;
  return { verdict: 'refused', issues: [errorIssue('order.numberTaken', ['number'], { params: { number } })] };
}

/** A person whose sign-in no longer counts, or who belongs elsewhere. Refused, so that somebody else can mend it. */
function identityIssue(signed: Signed, device: Device): Issue | undefined {
  if (signed.invalid !== null) {
    const { userId, displayName: userName, invalid: why } = signed;
    return errorIssue('user.sessionInvalid', [], {
      params: { userId, userName, why },
      repairs: [{ kind: 'editOrder' }],
    });
  }
  if (signed.role === 'admin' || signed.userBranchId === device.branch.branchId) return undefined;
  return errorIssue('user.notAllowed', ['branchId']);
}

/** What somebody did whose sign-in no longer counts waits for a manager, or for that very person signed in anew. */
function approvalIssue(signed: Signed, dependencies: readonly KnownReceipt[]): Issue | undefined {
  if (signed.role !== 'clerk') return undefined;
  const others = dependencies.some(
    (receipt) =>
      receipt.supersededBy === null &&
      receipt.issues.some(
        ({ code, params }) => code === 'user.sessionInvalid' && (params['userId'] ?? signed.userId) !== signed.userId,
      ),
  );
  return others ? errorIssue('user.notAllowed', ['dependsOn']) : undefined;
}

/** A desk whose calendar is far off. Only of content: a cancellation must be able to end what was refused. */
function dateIssue({ intent, body }: Candidate, exists: boolean, at: number): Issue | undefined {
  if (!isContent(intent)) return undefined;
  const dates = exists ? [body.businessDate] : [body.businessDate, intent.args.businessDate];
  for (const date of dates) {
    const daysAhead = (Date.parse(`${date}T12:00:00Z`) - at) / 86_400_000;
    if (daysAhead > MAX_BUSINESS_DATE_AHEAD_DAYS || daysAhead < -MAX_BUSINESS_DATE_AGE_DAYS) {
      return errorIssue('businessDate.implausible', ['businessDate'], { params: { date } });
    }
  }
  return undefined;
}

/** The receipts that this mutation builds on: of its own lane and branch, for others say nothing about this order. */
export function dependenciesOf(state: BatchState, { body }: Candidate, device: Device): KnownReceipt[] {
  return [...new Set(body.dependsOn)].flatMap((dependency) => {
    const receipt = state.receipts.get(dependency);
    return receipt?.lane === body.lane && receipt.branchId === device.branch.branchId ? [receipt] : [];
  });
}

/** Lays the verdict, and with an applied one its effect, on the state. Changes nothing when it throws. */
function settle(state: BatchState, candidate: Candidate, verdict: Verdict, context: JudgingContext): void {
  const { body, pushed } = candidate;
  const dependencies = dependenciesOf(state, candidate, context.device);
  if (verdict.verdict === 'applied') {
    const moves = stockMoves(state.current(verdict.order.orderId), verdict.order);
    state.applyOrder(verdict.order, { moves, madeIn: body.incarnationId });
    for (const receipt of dependencies) {
      if (receipt.verdict === 'refused' && receipt.supersededBy === null) state.supersede(receipt, body.id);
    }
    endUnjudged(state, candidate, context);
  }
  state.addReceipt({
    mutationId: body.id,
    deviceId: context.device.deviceId,
    branchId: context.device.branch.branchId,
    incarnationId: incarnationOf(candidate),
    seq: pushed.seq,
    lane: body.lane,
    name: body.name,
    bodyHash: pushed.bodyHash,
    // Kept, so that the office can repair it too.
    refusedBody: verdict.verdict === 'refused' ? pushed.body : null,
    verdict: verdict.verdict,
    issues: verdict.issues,
    supersededBy: null,
    judgedAt: context.at,
    userId: candidate.signed.userId,
    madeAt: body.madeAt,
    rev: 1,
    state: 'new',
  });
}

/**
 * Gives what an applied mutation stands in for a receipt of its own, though it was never judged: from now on its id can't
 * take effect, and its desk lets go of it. What was judged meanwhile keeps its verdict.
 */
export function endUnjudged(
  state: BatchState,
  { body }: Candidate,
  { device, at }: Pick<JudgingContext, 'device' | 'at'>,
): void {
  for (const { id, bodyHash } of body.supersedes ?? []) {
    const known = state.receipts.get(id);
    if (known) {
      const own = known.lane === body.lane && known.deviceId === device.deviceId;
      if (own && known.verdict === 'refused' && known.supersededBy === null) state.supersede(known, body.id);
      continue;
    }
    state.addReceipt({
      mutationId: id,
      deviceId: device.deviceId,
      branchId: device.branch.branchId,
      incarnationId: body.incarnationId,
      seq: null,
      lane: body.lane,
      // Nobody has read it.
      name: '',
      bodyHash,
      refusedBody: null,
      verdict: 'refused',
      issues: [],
      supersededBy: body.id,
      judgedAt: at,
      userId: null,
      madeAt: null,
      rev: 1,
      state: 'new',
    });
  }
}
