/** Central's final verdict on one mutation. It reaches the desk as a change, in the transaction of its effect. */
import { z } from 'zod';
import { issue } from '../domain/issue.ts';
import { mutationId } from '../domain/ids.ts';

export const receipt = z.object({
  mutationId,
  lane: z.string(),
  name: z.string(),
  verdict: z.enum(['applied', 'refused']),
  /** Why it was refused; of an applied one, the warnings. */
  issues: z.array(issue),
  /** The later mutation that stands in a refused one's place; null while it waits for a person. */
  supersededBy: mutationId.nullable(),
  bodyHash: z.string(),
  /** Unix milliseconds by central's clock. */
  judgedAt: z.int(),
});
export type Receipt = z.infer<typeof receipt>;

/**
 * What a push answers per mutation: a hint only, for the receipt comes with the feed.
 * `held`: a dependency has no receipt yet. `unreadable`: no schema reads it, so it has no verdict and waits.
 * `mismatch`: the id is known with another body; this one stops, with an alarm. `unauthentic`: hash or signature wrong.
 */
export const pushOutcome = z.discriminatedUnion('outcome', [
  z.object({ id: mutationId, outcome: z.literal('applied'), issues: z.array(issue) }),
  z.object({ id: mutationId, outcome: z.literal('refused'), issues: z.array(issue) }),
  z.object({ id: mutationId, outcome: z.literal('held'), missing: z.array(mutationId) }),
  z.object({ id: mutationId, outcome: z.literal('unreadable'), reason: z.string() }),
  z.object({ id: mutationId, outcome: z.literal('mismatch'), knownHash: z.string() }),
  z.object({ id: mutationId, outcome: z.literal('unauthentic'), reason: z.string() }),
]);
export type PushOutcome = z.infer<typeof pushOutcome>;

export const pushResponse = z.object({
  epoch: z.string(),
  /** Unix milliseconds by central's clock. */
  now: z.int(),
  outcomes: z.array(pushOutcome),
});
export type PushResponse = z.infer<typeof pushResponse>;
