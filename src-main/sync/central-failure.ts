/** What went wrong on the line, as the one kind of error that crosses processes. */
import { AppError, errorResponse, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import type { UnreachableReason } from './central-transport.ts';

export function unreachable(reason: UnreachableReason | `http ${number}`, cause?: unknown): AppError {
  return new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason }, { cause });
}

/** Of an exception that fetch threw: no answer came, or it was cut off. */
export function lineFailure(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof DOMException) {
    return unreachable(cause.name === 'TimeoutError' ? 'no answer' : 'broken off', cause);
  }
  return unreachable(REASONS[systemCode(cause)] ?? 'broken off', cause);
}

/** Of an answer that was no success. Only central's own errors are believed: a gateway's page says nothing of us. */
export function answerFailure(status: number, body: unknown): AppError {
  const parsed = errorResponse.safeParse(body);
  if (parsed.success) return new AppError(parsed.data.error);
  return unreachable(`http ${status}`);
}

/** Whether a request can't have reached central, so that another address may be tried at once. */
export function neverArrived(error: AppError): boolean {
  const { data } = error;
  return data.code === 'CENTRAL_UNREACHABLE' && (data.reason === 'refused' || data.reason === 'unknown host');
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
    data.code === 'NOT_ALLOWED' ||
    data.code === 'EPOCH_CHANGED'
  );
}

const REASONS: Record<string, UnreachableReason> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'unknown host',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  UND_ERR_HEADERS_TIMEOUT: 'no answer',
  UND_ERR_BODY_TIMEOUT: 'no answer',
  CERT_HAS_EXPIRED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

/** fetch wraps the system's error, and wraps several in an AggregateError where a name has several addresses. */
function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return systemCode(error.cause);
}
