/**
 * Every error that crosses a process, as data: a code to switch on, parameters, and whether trying again can help.
 * A refused business rule is no error at central (it is a receipt); on the desk's API it is `INPUT`, with its issues.
 */
import { z } from 'zod';
import { issue } from '../domain/issue.ts';

const retry = z.enum(['never', 'later', 'after-upgrade']);

export const appErrorData = z.discriminatedUnion('code', [
  /** What was asked can't be done as it stands; the issues say why and what would mend it. */
  z.object({ code: z.literal('INPUT'), retry, issues: z.array(issue) }),
  /** The request has not the shape that the API takes. `fields`: path and reason of each fault. */
  z.object({
    code: z.literal('MALFORMED'),
    retry,
    fields: z.array(z.object({ path: z.string(), reason: z.string() })),
  }),
  z.object({ code: z.literal('NOT_FOUND'), retry, what: z.string() }),
  z.object({ code: z.literal('SIGNED_OUT'), retry }),
  z.object({ code: z.literal('WRONG_CREDENTIALS'), retry }),
  z.object({ code: z.literal('NOT_ALLOWED'), retry }),
  z.object({ code: z.literal('NOT_ENROLLED'), retry }),
  z.object({ code: z.literal('CODE_INVALID'), retry }),
  z.object({ code: z.literal('TOKEN_INVALID'), retry }),
  z.object({ code: z.literal('CENTRAL_UNREACHABLE'), retry, reason: z.string() }),
  z.object({ code: z.literal('CENTRAL_BUSY'), retry }),
  z.object({ code: z.literal('UPGRADE_REQUIRED'), retry, served: z.array(z.int()) }),
  z.object({ code: z.literal('EPOCH_CHANGED'), retry, epoch: z.string() }),
  /** Central does not know this file as the one that spoke last: it has to say hello (hello.ts) before it goes on. */
  z.object({ code: z.literal('HELLO_FIRST'), retry }),
  /** The feed no longer has all that this desk has missed: its scopes fill anew, and its outbox stays. */
  z.object({ code: z.literal('REFILL_REQUIRED'), retry }),
  z.object({ code: z.literal('DEADLINE'), retry }),
  /** The desk's own local server went away under the call; what it had answered before is saved. */
  z.object({ code: z.literal('DESK_RESTARTING'), retry }),
  z.object({ code: z.literal('DISK_FULL'), retry }),
  /** Another program has this desk's file open. */
  z.object({ code: z.literal('STORE_IN_USE'), retry }),
  z.object({ code: z.literal('STORE_DAMAGED'), retry, detail: z.string() }),
  /** Anything unforeseen: never SQL or paths, only the id under which the log has it. */
  z.object({ code: z.literal('INTERNAL'), retry, logId: z.string() }),
]);
export type AppErrorData = z.infer<typeof appErrorData>;
export type AppErrorCode = AppErrorData['code'];

export class AppError extends Error {
  readonly data: AppErrorData;

  constructor(data: AppErrorData, options?: ErrorOptions) {
    super(data.code, options);
    this.name = 'AppError';
    this.data = data;
  }
}

/** The body of every failed answer of central's sync API. */
export const errorResponse = z.object({ error: appErrorData });
