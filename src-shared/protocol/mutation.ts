/**
 * A mutation on the wire. Its body travels as the very text that was signed and stored: no side has to agree on how
 * JSON is spelled, and what can't be read can still be kept, bytes and all.
 */
import { z } from 'zod';
import { incarnationId, mutationId, sessionId } from '../domain/ids.ts';
import { calendarDate } from '../domain/calendar-date.ts';
import { MAX_DEPENDS_ON, MAX_MUTATION_BYTES, MAX_PUSH_MUTATIONS, MAX_SUPERSEDES } from './limits.ts';

const bodyHash = z.string().regex(/^[0-9a-f]{64}$/);

/** An entry of the same outbox that is given up unjudged: what central needs to keep it from ever taking effect. */
const supersededEntry = z.object({ id: mutationId, bodyHash });

/** What the body's text says once parsed. `args` is read by the mutation's own schema (mutations/registry.ts). */
export const mutationBody = z.object({
  id: mutationId,
  incarnationId,
  /** `order:<orderId>`: mutations of one lane are judged one after another. */
  lane: z.string().min(1).max(80),
  /** Earlier mutations of the lane that had no receipt, or a refusal, when this one was made. */
  dependsOn: z.array(mutationId).max(MAX_DEPENDS_ON),
  /**
   * Mutations of the lane that this one stands in for though they have no verdict and may never get one: they can't be
   * read, or wait for what will not come. When it is applied they end as superseded, whether central has seen them or
   * not. Absent in mutations of protocol 1.
   */
  supersedes: z.array(supersededEntry).max(MAX_SUPERSEDES).optional(),
  name: z.string().min(1).max(60),
  schemaVersion: z.int().positive(),
  args: z.unknown(),
  /** The branch's day on which the intent was written down. */
  businessDate: calendarDate,
  /** Unix milliseconds by the desk's clock. A hint. */
  madeAt: z.int(),
  /** The user's session whose key signed. */
  sessionId,
});
export type MutationBody = z.infer<typeof mutationBody>;

export const pushedMutation = z.object({
  id: mutationId,
  /** Position in the incarnation's outbox. Gaps are normal; two bodies under one number are a fork. */
  seq: z.int().positive(),
  body: z.string().max(MAX_MUTATION_BYTES),
  /** SHA-256 of the body's UTF-8 bytes, hex: tells a garbled transfer from a forged body. */
  bodyHash,
  /** Ed25519 over the body's UTF-8 bytes by the session's key, base64. */
  signature: z.string().max(100),
});
export type PushedMutation = z.infer<typeof pushedMutation>;

export const pushRequest = z.object({
  protocol: z.int(),
  incarnationId,
  /** The life that the desk said hello with; absent in protocol 1, which knows none. */
  life: z.uuid().optional(),
  mutations: z.array(pushedMutation).min(1).max(MAX_PUSH_MUTATIONS),
});
export type PushRequest = z.infer<typeof pushRequest>;
