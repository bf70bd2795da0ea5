/**
 * What crosses the port between a window and the desk's local server: tRPC calls as plain messages, copied by
 * structured clone.
 *
 * Guarantees: every call is answered once, by data, an error, or the caller's own deadline; a subscription has at most
 * `SUBSCRIPTION_WINDOW` messages under way, so that a window that hangs makes the server wait and not its memory grow.
 * Not guaranteed: that a call whose port went away was not carried out. What may not happen twice carries its own id.
 */
import { z } from 'zod';
import { LANGUAGES } from '../text/language.ts';

/** One end of a port, whoever makes it: the web, a worker thread, or the desktop program. */
export interface LinkPort {
  /** Throws when the message can't be copied. */
  post(message: unknown): void;
  /** Called once, before anything is posted. `closed` may never come: not every kind of port tells. */
  listen(on: { message: (message: unknown) => void; closed: () => void }): void;
  close(): void;
}

export const toServer = z.discriminatedUnion('kind', [
  /** First, and again when the reader changes the language: errors are spoken in it from then on. */
  z.object({ kind: z.literal('hello'), language: z.enum(LANGUAGES) }),
  z.object({
    kind: z.literal('call'),
    id: z.int(),
    type: z.enum(['query', 'mutation', 'subscription']),
    path: z.string(),
    input: z.unknown(),
    /** How long the caller will wait; null for a subscription. */
    deadlineMs: z.int().positive().nullable(),
  }),
  z.object({ kind: z.literal('stop'), id: z.int() }),
  /** So many messages of a subscription have been taken in since the last one of these. */
  z.object({ kind: z.literal('seen'), id: z.int(), count: z.int().positive() }),
]);
export type ToServer = z.infer<typeof toServer>;

/** An error as the router's formatter made it. */
export interface WireError {
  code: number;
  message: string;
  data: unknown;
}

export type ToClient =
  | { kind: 'data'; id: number; data: unknown; eventId: string | null }
  | { kind: 'done'; id: number }
  | { kind: 'error'; id: number; error: WireError }
  /** The server is closing; nothing more will come through this port. */
  | { kind: 'bye' };
