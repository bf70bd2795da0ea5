/** What went wrong on the line, as the one kind of error that crosses processes. */
import { AppError, errorResponse, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';
import { LineFault } from '../line/line-fault.ts';
import { strangerReason, type StrangeAnswer } from '../line/stranger.ts';

export function unreachable(reason: LineReason | `http ${number}`, cause?: unknown): AppError {
  return new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason }, { cause });
}

/** Of whatever an exchange threw: no answer came, or it was cut off. */
export function lineFailure(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return unreachable(cause instanceof LineFault ? cause.reason : 'broken off', cause);
}

/** Of an answer that is not the one asked for. Only central's own errors are believed: a gateway's page says nothing of us. */
export function answerFailure(answer: StrangeAnswer, body: unknown): AppError {
  const parsed = answer.status >= 400 ? errorResponse.safeParse(body) : undefined;
  if (parsed?.success) return new AppError(parsed.data.error);
  return unreachable(strangerReason(answer));
}

/** Whether a request can't have reached central, so that another address may be tried at once. */
export function neverArrived(error: AppError): boolean {
  return error.cause instanceof LineFault && error.cause.neverArrived;
}

/** Whether central was not heard at all, as against an answer that we don't like. */
export function isLineDown(data: AppErrorData): boolean {
  return data.code === 'CENTRAL_UNREACHABLE';
}

/** Central answers, but won't serve this desk until a person has done something. */
export function isBlocked(data: AppErrorData): boolean {
  return (
    data.code === 'TOKEN_INVALID' ||
    data.code === 'UPGRADE_REQUIRED' ||
    data.code === 'NOT_ENROLLED' ||
    data.code === 'NOT_ALLOWED'
  );
}
