/**
 * After central has lost part of its past, desks bring back what had been settled: their journal, with the receipts that
 * central gave for it then.
 */
import { z } from 'zod';
import { incarnationId, mutationId } from '../domain/ids.ts';
import { issue } from '../domain/issue.ts';
import { MAX_PUSH_MUTATIONS, MAX_REOFFER_IDS } from './limits.ts';
import { pushedMutation } from './mutation.ts';
import { receiptProof } from './proof.ts';

/** A settled mutation with what it came to. */
export const reofferedMutation = pushedMutation.extend({
  /** Of the file's life in which it was settled: with `seq`, its place. */
  incarnationId,
  verdict: z.enum(['applied', 'refused']),
  judgedAt: z.int(),
  /** Why it was refused, as far as this desk still knows. */
  issues: z.array(issue),
  proof: receiptProof,
});
export type ReofferedMutation = z.infer<typeof reofferedMutation>;

export const reofferRequest = z.object({
  protocol: z.int(),
  /** The epoch that the desk has adopted. */
  epoch: z.string(),
  incarnationId,
  /** Which of these has central no receipt for? */
  ask: z.array(mutationId).max(MAX_REOFFER_IDS),
  mutations: z.array(z.unknown()).max(MAX_PUSH_MUTATIONS),
  /** Everything has been offered that this desk has. */
  done: z.boolean(),
});
export type ReofferRequest = z.infer<typeof reofferRequest>;

/**
 * `known`: central has its receipt, now or from before. `kept`: central has it and settles it when what it builds on has
 * come back, from whichever desk. `unproven`: the proof is not by central's key: it stays here, and is offered again.
 */
export const reofferOutcome = z.object({
  id: mutationId,
  outcome: z.enum(['known', 'kept', 'unproven', 'unreadable']),
  reason: z.string().optional(),
});
export type ReofferOutcome = z.infer<typeof reofferOutcome>;

export const reofferResponse = z.object({
  epoch: z.string(),
  now: z.int(),
  /** Of those asked for. */
  missing: z.array(mutationId),
  outcomes: z.array(reofferOutcome),
});
export type ReofferResponse = z.infer<typeof reofferResponse>;

/** Proofs of receipts that came without: with the first fill, or from a central that gave none yet. */
export const proofsRequest = z.object({ protocol: z.int(), ids: z.array(mutationId).min(1).max(MAX_REOFFER_IDS) });
export type ProofsRequest = z.infer<typeof proofsRequest>;

export const proofsResponse = z.object({
  epoch: z.string(),
  now: z.int(),
  proofs: z.array(z.object({ id: mutationId, judgedAt: z.int(), proof: receiptProof })),
});
export type ProofsResponse = z.infer<typeof proofsResponse>;
