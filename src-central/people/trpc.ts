/** The people's tRPC: one context, one error formatter, and who may call what. */
import { initTRPC, TRPCError } from '@trpc/server';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { actingFor } from '../db/acting.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Epoch } from '../identity/epoch.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';
import { type User, userOfRequest } from '../identity/sign-in.ts';
import type { OfficeContext } from '../office/office-context.ts';

export interface PeopleContext {
  db: CentralDb;
  authorization: string | undefined;
  /** Ends a device's open streams on this node. */
  closeStreams: (deviceId: string) => void;
  /** The code and parameters of an error; what is unforeseen goes to the log. */
  appErrorOf: (error: unknown) => AppErrorData;
  /** Tells the desks of this node's commits. */
  committed: (xid: string) => void;
  epoch: Epoch;
  receiptKey: ReceiptKey;
  catalogue: OfficeContext['catalogue'];
  /** Writes a fault down and returns the id under which the log has it. */
  logFault: (error: unknown) => string;
  /** The reader's. */
  language: Language;
}

export type ManagerContext = PeopleContext & { user: User };

const t = initTRPC.context<PeopleContext>().create({
  errorFormatter({ shape, error, ctx }) {
    const app = appErrorOf(error, ctx);
    const { code, httpStatus, path } = shape.data;
    return { code: shape.code, message: app.code, data: { code, httpStatus, path, app } };
  },
});

function appErrorOf(error: TRPCError, context: PeopleContext | undefined): AppErrorData {
  if (error.code === 'NOT_FOUND' && !error.cause) return { code: 'NOT_FOUND', retry: 'never', what: 'procedure' };
  if (error.code === 'PARSE_ERROR') {
    return { code: 'MALFORMED', retry: 'never', fields: [{ path: '', reason: 'not JSON' }] };
  }
  return context?.appErrorOf(error.cause ?? error) ?? { code: 'INTERNAL', retry: 'later', logId: '' };
}

const STATUS: Partial<Record<AppErrorData['code'], TRPCError['code']>> = {
  INPUT: 'UNPROCESSABLE_CONTENT',
  MALFORMED: 'BAD_REQUEST',
  NOT_FOUND: 'NOT_FOUND',
  SIGNED_OUT: 'UNAUTHORIZED',
  WRONG_CREDENTIALS: 'UNAUTHORIZED',
  NOT_ALLOWED: 'FORBIDDEN',
  CENTRAL_BUSY: 'SERVICE_UNAVAILABLE',
};

export const router = t.router;

/** For everybody, also before sign-in. */
export const openProcedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AppError) {
    const { cause } = result.error;
    throw new TRPCError({ code: STATUS[cause.data.code] ?? 'INTERNAL_SERVER_ERROR', message: cause.message, cause });
  }
  return result;
});

/** For anybody who is signed in. */
export const userProcedure = openProcedure.use(async ({ ctx, next }) => {
  const user = await userOfRequest(ctx.db, ctx.authorization);
  if (!user) throw new AppError({ code: 'SIGNED_OUT', retry: 'never' });
  const { userId, userName } = user;
  return actingFor({ via: 'people', userId, userName, deviceId: null }, () => next({ ctx: { ...ctx, user } }));
});

/** For branch managers and admins. */
export const managerProcedure = userProcedure.use(async ({ ctx, next }) => {
  if (ctx.user.role === 'clerk') throw notAllowed();
  return next({ ctx });
});

export const adminProcedure = userProcedure.use(async ({ ctx, next }) => {
  if (ctx.user.role !== 'admin') throw notAllowed();
  return next({ ctx });
});

export function notAllowed(): AppError {
  return new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
}

/** The branch whose rows a person may see; null for all. */
export function branchOfUser(user: User): string | null {
  return user.role === 'admin' ? null : user.branchId;
}

/** A value of one field that can't be, such as a name that is taken. */
export function fieldFault(path: string, reason: string): AppError {
  return new AppError({ code: 'MALFORMED', retry: 'never', fields: [{ path, reason }] });
}
