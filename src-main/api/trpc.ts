/**
 * The desk's tRPC: one context, one error formatter. Errors cross as `AppErrorData` under `data.app`, its issues
 * spoken in the reader's language; anything unforeseen crosses as `INTERNAL` with the id under which the log has it.
 */
import { initTRPC, TRPCError } from '@trpc/server';
import { z, ZodError } from 'zod';
import type { Issue } from '../../src-shared/domain/issue.ts';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../src-shared/text/app-error-text.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { DeskServices } from './desk-services.ts';
import type { SpokenIssue } from './spoken-issue.ts';

export interface DeskContext {
  services: DeskServices;
  /** The reader's. */
  language: Language;
  /** Writes an unforeseen error down and returns the id under which it stands in the log. */
  logUnforeseen: (error: unknown) => string;
}

export function speak(issues: readonly Issue[], language: Language): SpokenIssue[] {
  return issues.map((issue) => ({ ...issue, message: issueText(issue, language) }));
}

const t = initTRPC.context<DeskContext>().create({
  errorFormatter({ shape, error, ctx }) {
    const language = ctx?.language ?? 'en';
    const app = appErrorOf(error, ctx?.logUnforeseen);
    const issues = app.code === 'INPUT' ? speak(app.issues, language) : [];
    // The stack is for the log, not for the wire.
    const { code, httpStatus, path } = shape.data;
    return {
      code: shape.code,
      message: issues[0]?.message ?? appErrorText(app, language),
      data: { code, httpStatus, path, app, issues },
    };
  },
});

export const router = t.router;

/** Translates an AppError into tRPC's, so that its HTTP status is right. */
export const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AppError) {
    const cause = result.error.cause;
    throw new TRPCError({ code: statusOf(cause.data), message: cause.message, cause });
  }
  return result;
});

function statusOf(data: AppErrorData): TRPCError['code'] {
  switch (data.code) {
    case 'INPUT':
      return 'UNPROCESSABLE_CONTENT';
    case 'MALFORMED':
      return 'BAD_REQUEST';
    case 'NOT_FOUND':
      return 'NOT_FOUND';
    case 'SIGNED_OUT':
    case 'WRONG_CREDENTIALS':
    case 'CODE_INVALID':
    case 'TOKEN_INVALID':
      return 'UNAUTHORIZED';
    case 'NOT_ALLOWED':
      return 'FORBIDDEN';
    case 'NOT_ENROLLED':
    case 'UPGRADE_REQUIRED':
    case 'EPOCH_CHANGED':
    case 'HELLO_FIRST':
    case 'REFILL_REQUIRED':
      return 'PRECONDITION_FAILED';
    case 'CENTRAL_UNREACHABLE':
    case 'CENTRAL_BUSY':
    case 'DESK_RESTARTING':
      return 'SERVICE_UNAVAILABLE';
    case 'DEADLINE':
      return 'TIMEOUT';
    case 'DISK_FULL':
    case 'STORE_IN_USE':
    case 'STORE_DAMAGED':
    case 'INTERNAL':
      return 'INTERNAL_SERVER_ERROR';
  }
}

function appErrorOf(error: TRPCError, log: ((error: unknown) => string) | undefined): AppErrorData {
  if (error.cause instanceof AppError) return error.cause.data;
  if (error.cause instanceof ZodError) {
    const fields = error.cause.issues.map((found) => ({ path: found.path.join('.'), reason: found.message }));
    return { code: 'MALFORMED', retry: 'never', fields };
  }
  if (error.code === 'TIMEOUT') return { code: 'DEADLINE', retry: 'later' };
  if (error.code === 'NOT_FOUND') return { code: 'NOT_FOUND', retry: 'never', what: 'procedure' };
  if (error.code === 'PARSE_ERROR' || error.code === 'BAD_REQUEST') {
    return { code: 'MALFORMED', retry: 'never', fields: [{ path: '', reason: error.message }] };
  }
  return { code: 'INTERNAL', retry: 'later', logId: log?.(error) ?? '' };
}

/** Offset and limit of a list; a page is never longer than a screenful of scrolling. */
export const pageInput = { offset: z.int().nonnegative().default(0), limit: z.int().positive().max(500).default(100) };
