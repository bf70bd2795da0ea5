/**
 * What a push would come to, without pushing.
 *
 * Guarantees: nothing is written and nobody waits: it runs in a READ ONLY transaction without a lock; what it says is
 * what a push on this very snapshot would have said, later mutations judged on the effects of earlier ones.
 * Not guaranteed: that the push says the same. Others order meanwhile.
 */
import { judgeOrder } from '../../src-shared/domain/order-rules.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import { isContent } from '../../src-shared/mutations/registry.ts';
import type { Difference, DryRunEntry } from '../../src-shared/protocol/dry-run.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { readSnapshot } from '../change-feed/gate.ts';
import type { BatchState } from './batch-state.ts';
import { judgeBatch, type Candidate, type JudgingContext } from './judge-batch.ts';
import { loadBatch } from './load-batch.ts';
import type { PushContext } from './push.ts';
import { readCandidates } from './read-candidates.ts';

/** One entry for each element that has an id, in no particular order. */
export async function dryRun(
  context: Omit<PushContext, 'committed'>,
  elements: readonly unknown[],
): Promise<DryRunEntry[]> {
  const { db, device, epoch, logFault } = context;
  const { candidates, outcomes } = await readCandidates(context, elements);
  const unjudged = outcomes.map((outcome): DryRunEntry => ({ outcome, totalMinor: null, differences: [] }));
  if (candidates.length === 0) return unjudged;
  const judging: JudgingContext = { device, currency: epoch.currency, at: Date.now(), logFault };
  const state = await readSnapshot(db, (tx) => loadBatch(tx, device, candidates, context.catalogue));
  const judged = judgeAll(state, candidates, judging);
  return [
    ...unjudged,
    ...candidates.flatMap((candidate): DryRunEntry[] => {
      const outcome = judged.get(candidate.body.id);
      if (!outcome) return [];
      return [{ outcome, totalMinor: totalNow(state, candidate), differences: differencesOf(outcome) }];
    }),
  ];
}

/** As a push would: in as many transactions as their bound wants, each on what the one before it came to. */
function judgeAll(
  state: BatchState,
  candidates: readonly Candidate[],
  judging: JudgingContext,
): Map<string, PushOutcome> {
  const outcomes = new Map<string, PushOutcome>();
  for (let rest = candidates; rest.length > 0;) {
    state.changes = 0;
    const verdicts = judgeBatch(state, rest, judging);
    for (const outcome of verdicts.outcomes.values()) outcomes.set(outcome.id, outcome);
    rest = verdicts.rest;
  }
  return outcomes;
}

/** What the lines cost at the prices of now, whatever the customer was told. */
function totalNow(state: BatchState, { intent, signed }: Candidate): number | null {
  if (!isContent(intent)) return null;
  const { args } = intent;
  const businessDate = state.orders.get(args.orderId)?.stored?.order.businessDate ?? args.businessDate;
  const lines = args.lines.map(({ productId, unit, quantity, manual }) => ({ productId, unit, quantity, manual }));
  const judged = judgeOrder({ ...args, businessDate, lines }, state, { shortage: 'warning', role: signed.role });
  return judged.currency === null ? null : judged.totalMinor;
}

function differencesOf(outcome: PushOutcome): Difference[] {
  if (outcome.outcome !== 'refused' && outcome.outcome !== 'applied') return [];
  return outcome.issues.flatMap((issue): Difference[] => {
    if (issue.code === 'price.changed') return difference('price', issue, ['quoted', 'now']);
    if (issue.code === 'amount.changed') return difference('amount', issue, ['quoted', 'now']);
    if (issue.code === 'stock.short') return difference('stock', issue, ['wantedBase', 'availableBase']);
    return [];
  });
}

function difference(kind: string, { path, params }: Issue, [was, is]: [string, string]): Difference[] {
  const [assumed, actual, line] = [params[was], params[is], path[1]];
  if (typeof assumed !== 'number' || typeof actual !== 'number') return [];
  return [{ kind, line: typeof line === 'number' ? line : null, assumed, actual }];
}
