/**
 * The local server's half of the port link: runs a router's procedures for the window at the other end.
 *
 * Guarantees: each call is answered once; a subscription never has more than a window's worth of messages under way;
 * a message that is not of this link's making closes the port. Does not know who is at the other end: whoever hands
 * the port over has checked that (`isTrusted` may check each message besides, where the platform names its sender).
 */
import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  isTrackedEnvelope,
  TRPCError,
  type AnyTRPCRouter,
  type inferRouterContext,
} from '@trpc/server';
import { SUBSCRIPTION_WINDOW } from '../../../src-shared/desk-link/limits.ts';
import { toServer, type LinkPort, type ToClient, type ToServer } from '../../../src-shared/desk-link/wire.ts';
import type { Language } from '../../../src-shared/text/language.ts';

export interface ServePortOptions<Router extends AnyTRPCRouter> {
  router: Router;
  createContext: (language: Language) => inferRouterContext<Router>;
  /** The language until the window has said its own. */
  language: Language;
  /** Whether the raw message may be believed; left out, all are. */
  isTrusted?: (message: unknown) => boolean;
  onClosed?: (reason: 'closed' | 'foreign message') => void;
}

export interface ServedPort {
  /** Says goodbye, so that the window's calls fail at once, and closes the port. */
  close(): void;
}

type Call = Extract<ToServer, { kind: 'call' }>;

interface Running {
  abort: AbortController;
  /** Messages that may still be sent before the client has to say what it has seen. */
  credit: number;
  /** Set while the subscription waits for credit. */
  onCredit: (() => void) | undefined;
}

/** One port, as long as it is open. */
interface Served<Router extends AnyTRPCRouter> {
  options: ServePortOptions<Router>;
  running: Map<number, Running>;
  language: Language;
  send: (message: ToClient) => void;
}

export function servePort<Router extends AnyTRPCRouter>(port: LinkPort, options: ServePortOptions<Router>): ServedPort {
  let open = true;
  const served: Served<Router> = {
    options,
    running: new Map(),
    language: options.language,
    send: (message) => {
      if (open) port.post(message);
    },
  };
  const shut = (reason: 'closed' | 'foreign message'): void => {
    if (!open) return;
    open = false;
    for (const call of served.running.values()) stop(call);
    served.running.clear();
    port.close();
    options.onClosed?.(reason);
  };
  port.listen({
    message: (raw) => {
      const parsed = toServer.safeParse(raw);
      if (!parsed.success || options.isTrusted?.(raw) === false) shut('foreign message');
      else if (open) receive(served, parsed.data);
    },
    closed: () => shut('closed'),
  });
  return {
    close: () => {
      served.send({ kind: 'bye' });
      shut('closed');
    },
  };
}

function receive<Router extends AnyTRPCRouter>(served: Served<Router>, message: ToServer): void {
  if (message.kind === 'hello') {
    served.language = message.language;
    return;
  }
  if (message.kind === 'call') {
    void answer(served, message);
    return;
  }
  const call = served.running.get(message.id);
  if (!call) return;
  if (message.kind === 'stop') {
    served.running.delete(message.id);
    stop(call);
  } else {
    call.credit = Math.min(SUBSCRIPTION_WINDOW, call.credit + message.count);
    call.onCredit?.();
  }
}

async function answer<Router extends AnyTRPCRouter>(served: Served<Router>, call: Call): Promise<void> {
  const { options, running, send } = served;
  const { id, type, path, input, deadlineMs } = call;
  const abort = new AbortController();
  const own: Running = { abort, credit: SUBSCRIPTION_WINDOW, onCredit: undefined };
  const ctx = options.createContext(served.language);
  running.set(id, own);
  const deadline = deadlineMs === null ? undefined : setTimeout(() => abort.abort(TIMED_OUT), deadlineMs);
  try {
    const { signal } = abort;
    const getRawInput = (): Promise<unknown> => Promise.resolve(input);
    const called = callTRPCProcedure({ router: options.router, path, getRawInput, ctx, type, signal, batchIndex: 0 });
    const result: unknown = await untilAborted(called, signal);
    if (type === 'subscription') await stream(id, own, { events: result as AsyncIterable<unknown>, send });
    else send({ kind: 'data', id, data: result, eventId: null });
  } catch (cause) {
    // A call that its caller has stopped, or whose port is gone, has nobody to tell.
    if (running.get(id) !== own) return;
    const {
      _def: { _config: config },
    } = options.router;
    const error = getTRPCErrorFromUnknown(cause);
    const { code, message, data } = getTRPCErrorShape({ config, error, type, path, input, ctx });
    send({ kind: 'error', id, error: { code, message, data } });
  } finally {
    clearTimeout(deadline);
    if (running.get(id) === own) running.delete(id);
  }
}

async function stream(
  id: number,
  own: Running,
  { events, send }: { events: AsyncIterable<unknown>; send: (message: ToClient) => void },
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  const { signal } = own.abort;
  try {
    for (;;) {
      if (own.credit === 0) await moreCredit(own);
      if (signal.aborted) return;
      const next = await iterator.next();
      if (signal.aborted) return;
      if (next.done) break;
      own.credit -= 1;
      const { value } = next;
      if (isTrackedEnvelope(value)) send({ kind: 'data', id, data: value[1], eventId: value[0] });
      else send({ kind: 'data', id, data: value, eventId: null });
    }
    send({ kind: 'done', id });
  } finally {
    // Not awaited: a generator that is stuck in its own wait must not keep this call from ending.
    void iterator.return?.();
  }
}

function moreCredit(own: Running): Promise<void> {
  return new Promise((resolve) => {
    own.onCredit = () => {
      own.onCredit = undefined;
      resolve();
    };
  });
}

function stop(call: Running): void {
  call.abort.abort();
  call.onCredit?.();
}

const TIMED_OUT = new TRPCError({ code: 'TIMEOUT' });
const STOPPED = new TRPCError({ code: 'CLIENT_CLOSED_REQUEST' });

/** The result, or an error as soon as the signal says stop: a procedure that never ends must not keep its caller. */
function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason === TIMED_OUT ? TIMED_OUT : STOPPED);
    signal.addEventListener('abort', onAbort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
