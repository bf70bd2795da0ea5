/** The only place where an error becomes what a person reads, and what that person can do about it. */
import { TRPCClientError } from '@trpc/client';
import type { SpokenIssue } from '../../src-main/api/spoken-issue.ts';
import type { AppRouter } from '../../src-main/api/router.ts';
import type { AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../src-shared/text/app-error-text.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** What the screen offers beside the sentence. */
export type Remedy = 'retry' | 'signIn' | 'enrol' | 'none';

export interface ErrorWords {
  sentence: string;
  remedy: Remedy;
}

const ADDRESS_WITHOUT_TOKEN: Record<Language, string> = {
  en: 'This address does not open the desk. Use the whole address that the desk printed when it started.',
  'zh-CN': '此地址无法打开订货台，请使用程序启动时显示的完整地址。',
};

export function errorWords(error: unknown, language: Language): ErrorWords {
  const app = appErrorOf(error);
  if (app) return { sentence: appErrorText(app, language), remedy: remedyOf(app) };
  if (isRefusedByHost(error)) return { sentence: ADDRESS_WITHOUT_TOKEN[language], remedy: 'none' };
  // No answer in our shape at all: the local server is gone, or on its way back.
  return { sentence: appErrorText({ code: 'DESK_RESTARTING', retry: 'later' }, language), remedy: 'retry' };
}

/** The error as data, where it came from the desk; `undefined` when the desk could not be asked at all. */
export function appErrorOf(error: unknown): AppErrorData | undefined {
  return error instanceof TRPCClientError ? (error as TRPCClientError<AppRouter>).data?.app : undefined;
}

/** What the rules said no to; `undefined` when the failure was another. */
export function refusalIssues(error: unknown): SpokenIssue[] | undefined {
  const app = appErrorOf(error);
  if (app?.code !== 'INPUT') return undefined;
  // Words are made where they are read, in the language of then.
  return app.issues.map((issue) => Object.assign({ message: '' }, issue));
}

function isRefusedByHost(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const response = error.meta?.['response'];
  return response instanceof Response && response.status === 401;
}

function remedyOf(app: AppErrorData): Remedy {
  switch (app.code) {
    case 'SIGNED_OUT':
      return 'signIn';
    case 'NOT_ENROLLED':
    case 'TOKEN_INVALID':
      return 'enrol';
    case 'CENTRAL_UNREACHABLE':
    case 'CENTRAL_BUSY':
    case 'DEADLINE':
    case 'INTERNAL':
    case 'DISK_FULL':
    case 'STORE_DAMAGED':
    case 'DESK_RESTARTING':
    case 'HELLO_FIRST':
    case 'REFILL_REQUIRED':
      return 'retry';
    case 'INPUT':
    case 'MALFORMED':
    case 'NOT_FOUND':
    case 'WRONG_CREDENTIALS':
    case 'NOT_ALLOWED':
    case 'CODE_INVALID':
    case 'UPGRADE_REQUIRED':
    case 'EPOCH_CHANGED':
    case 'STORE_IN_USE':
      return 'none';
  }
}
