/** How a failure becomes an answer: the code and its parameters for the desk, the rest for the log. */
import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { ZodError } from 'zod';
import { AppError, type AppErrorCode, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { isDatabaseTrouble } from '../db/transient-fault.ts';

const STATUS: Partial<Record<AppErrorCode, number>> = {
  INPUT: 422,
  MALFORMED: 400,
  NOT_FOUND: 404,
  SIGNED_OUT: 401,
  WRONG_CREDENTIALS: 401,
  TOKEN_INVALID: 401,
  CODE_INVALID: 403,
  NOT_ALLOWED: 403,
  EPOCH_CHANGED: 409,
  HELLO_FIRST: 409,
  REFILL_REQUIRED: 409,
  UPGRADE_REQUIRED: 426,
  // Central says it of a request that was changed on the way.
  CENTRAL_UNREACHABLE: 400,
  CENTRAL_BUSY: 503,
  DEADLINE: 504,
};

/** Writes a fault down; the id is all that leaves this house of it. */
export function logFault(log: FastifyBaseLogger, error: unknown): string {
  const logId = randomUUID();
  log.error({ logId, err: withoutRows(error) }, 'fault');
  return logId;
}

/** PostgreSQL puts the offending row into `detail` and `where`: customers' data has no business in a log. */
function withoutRows(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  const constraint = 'constraint' in error ? error.constraint : undefined;
  return { name, message, stack, code, constraint };
}

export function appErrorOf(log: FastifyBaseLogger, error: unknown): AppErrorData {
  if (error instanceof AppError) return error.data;
  if (error instanceof ZodError) {
    const fields = error.issues.map((found) => ({ path: found.path.join('.'), reason: found.message }));
    return { code: 'MALFORMED', retry: 'never', fields };
  }
  if (isDatabaseTrouble(error)) {
    logFault(log, error);
    return { code: 'CENTRAL_BUSY', retry: 'later' };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const reason = error instanceof Error ? error.message : 'not understood';
    return { code: 'MALFORMED', retry: 'never', fields: [{ path: '', reason }] };
  }
  return { code: 'INTERNAL', retry: 'later', logId: logFault(log, error) };
}

export function sendAppError(reply: FastifyReply, data: AppErrorData): FastifyReply {
  return reply.code(STATUS[data.code] ?? 500).send({ error: data });
}
