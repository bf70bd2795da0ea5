/**
 * How a desk begins to speak: before its first push or pull, and again whenever central asks for it.
 *
 * A *life* is a random id that the desk writes down before it says hello, one for each run of the program. Central keeps
 * the last one of each incarnation. A file that does not know it is not the file that spoke last: a copy, or the same
 * one gone back in time. It gets an incarnation of its own.
 */
import { z } from 'zod';
import { incarnationId } from '../domain/ids.ts';
import { cursor } from './change.ts';
import { MAX_CERTIFICATES, MAX_UNCONFIRMED_LIVES } from './limits.ts';
import { provenReceipt, sessionCertificate } from './proof.ts';

/** Why a desk itself holds that its file may not be the one that spoke last. */
export const suspicion = z.enum(['restored', 'moved']);
export type Suspicion = z.infer<typeof suspicion>;

export const helloRequest = z.object({
  protocol: z.int(),
  /** The life of central's database that this file was filled from. */
  epoch: z.string(),
  cursor,
  incarnationId,
  incarnationCode: z.string().min(2).max(8),
  life: z.object({
    /** The last one that central confirmed, and those sent since whose answers were lost. */
    before: z.array(z.uuid()).max(MAX_UNCONFIRMED_LIVES),
    now: z.uuid(),
  }),
  /** The highest `seq` that this file has ever given out; 0 for none. */
  highestSeq: z.int().nonnegative(),
  /** Hash of the machine's own id; null where it has none. */
  machine: z.string().max(64).nullable(),
  build: z.string().max(60),
  suspect: suspicion.nullable(),
  /** The newest receipt here: central must know it, or its database has gone back in time. */
  newest: provenReceipt.nullable(),
  /** Sign-ins that mutations here were signed in. */
  sessions: z.array(sessionCertificate).max(MAX_CERTIFICATES),
});
export type HelloRequest = z.infer<typeof helloRequest>;

const head = {
  /** The desk adopts it when it is another than its own: its rows are then of a past that central has lost. */
  epoch: z.string(),
  /** Unix milliseconds by central's clock. */
  now: z.int(),
};

export const helloResponse = z.discriminatedUnion('outcome', [
  z.object({ ...head, outcome: z.literal('welcome') }),
  /** Two files speak under one incarnation: this one goes on under a new one, with all that it has. */
  z.object({
    ...head,
    outcome: z.literal('forked'),
    reason: z.enum(['life', 'seq', 'machine', 'suspect', 'unknown']),
    incarnationId,
    incarnationCode: z.string().min(2).max(8),
  }),
]);
export type HelloResponse = z.infer<typeof helloResponse>;
