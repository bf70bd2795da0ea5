/**
 * What would become of the mutations that wait, were they pushed now. Central judges them in memory on one snapshot that
 * can't be written to, the later ones on the effects of the earlier; nothing is promised by it.
 */
import { z } from 'zod';
import { incarnationId } from '../domain/ids.ts';
import { MAX_DRY_RUN_MUTATIONS } from './limits.ts';
import { pushedMutation } from './mutation.ts';
import { pushOutcome } from './receipt.ts';

export const dryRunRequest = z.object({
  protocol: z.int(),
  incarnationId,
  /** In the order of the outbox. */
  mutations: z.array(pushedMutation).min(1).max(MAX_DRY_RUN_MUTATIONS),
});
export type DryRunRequest = z.infer<typeof dryRunRequest>;

/**
 * One fact that the desk took for something else. `price`: ten-thousandths for one unit of the line; `amount`:
 * minor units for the line; `stock`: thousandths of the base unit, wanted and there. Kinds that a desk does not know (credit will be one) are for it to
 * leave out: the outcome says what they lead to.
 */
export const difference = z.object({
  kind: z.string(),
  /** The line that it is about, from 0; null for the whole order. */
  line: z.int().nonnegative().nullable(),
  assumed: z.number(),
  actual: z.number(),
});
export type Difference = z.infer<typeof difference>;

export const dryRunEntry = z.object({
  outcome: pushOutcome,
  /** The order's total at the prices of now, minor units; null where there is none to be told. */
  totalMinor: z.int().nullable(),
  differences: z.array(difference),
});
export type DryRunEntry = z.infer<typeof dryRunEntry>;

export const dryRunResponse = z.object({
  epoch: z.string(),
  /** Unix milliseconds by central's clock: as of when. */
  now: z.int(),
  entries: z.array(dryRunEntry),
});
export type DryRunResponse = z.infer<typeof dryRunResponse>;
