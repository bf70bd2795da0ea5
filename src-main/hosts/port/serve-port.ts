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

export function servePort<Router extends AnyTRPCRouter>(port: LinkPort, options: ServePortOptions<Router>): ServedPort {
  const {
    _def: { _config: config },
  } = options.router;
  const running = new Map<number, Running>();
  let language = options.language;
  let open = true;

  const send = (message: ToClient): void => {
    if (open) port.post(message);
  };
  const shut = (reason: 'closed' | 'foreign message'): void => {
    if (!open) return;
    open = false;
    for (const call of running.values()) stop(call);
    running.clear();
    port.close();
    options.onClosed?.(reason);
  };
  const receive = (raw: unknown): void => {
    const parsed = toServer.safeParse(raw);
    if (!parsed.success || options.isTrusted?.(raw) === false) {
      shut('foreign message');
      return;
    }
    const message = parsed.data;
    if (message.kind === 'hello') language = message.language;
    else if (message.kind === 'call') void answer(message);
    else {
      const call = running.get(message.id);
      if (!call) return;
      if (message.kind === 'stop') {
        running.delete(message.id);
        stop(call);
      } else {
        call.credit = Math.min(SUBSCRIPTION_WINDOW, call.credit + message.count);
        call.onCredit?.();
      }
    }
  };

  const answer = async (call: Call): Promise<void> => {
    const abort = new AbortController();
    const own: Running = { abort, credit: SUBSCRIPTION_WINDOW, onCredit: undefined };
    const ctx = options.createContext(language);
    running.set(call.id, own);
    const deadline = call.deadlineMs === null ? undefined : setTimeout(() => abort.abort(TIMED_OUT), call.deadlineMs);
    try {
      const result: unknown = await untilAborted(
        callTRPCProcedure({
          router: options.router,
          path: call.path,
          getRawInput: () => Promise.resolve(call.input),
          ctx,
          type: call.type,
          signal: abort.signal,
          batchIndex: 0,
        }),
        abort.signal,
      );
      if (call.type === 'subscription') await stream(call.id, own, result as AsyncIterable<unknown>, send);
      else send({ kind: 'data', id: call.id, data: result, eventId: null });
    } catch (cause) {
      // A call that its caller has stopped, or whose port is gone, has nobody to tell.
      if (running.get(call.id) !== own) return;
      const error = getTRPCErrorFromUnknown(cause);
      const shape = getTRPCErrorShape({
        config,
        error,
        type: call.type,
        path: call.path,
        input: call.input,
        ctx,
      });
      send({ kind: 'error', id: call.id, error: { code: shape.code, message: shape.message, data: shape.data } });
    } finally {
      clearTimeout(deadline);
      if (running.get(call.id) === own) running.delete(call.id);
    }
  };

  port.listen({ message: receive, closed: () => shut('closed') });
  return {
    close: () => {
      send({ kind: 'bye' });
      shut('closed');
    },
  };
}

async function stream(
  id: number,
  own: Running,
  events: AsyncIterable<unknown>,
  send: (message: ToClient) => void,
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
