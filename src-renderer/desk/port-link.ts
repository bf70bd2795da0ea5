/**
 * The window's half of the port link: a tRPC link over whichever port is attached at the time.
 *
 * Guarantees: every query and mutation ends, by answer, error or deadline, also when the server died without a word;
 * a call made while no port is there waits for one, within its deadline. When a port goes, the calls under way fail
 * with `DESK_RESTARTING`, and subscriptions go on by themselves over the next port, after the last tracked event that
 * was seen. Not guaranteed: that a failed mutation was not carried out.
 */
import { TRPCClientError, type Operation, type OperationResultObserver, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AnyTRPCRouter } from '@trpc/server';
import { CALL_DEADLINE_MS, SEEN_AFTER } from '../../src-shared/desk-link/limits.ts';
import type { LinkPort, ToClient, ToServer, WireError } from '../../src-shared/desk-link/wire.ts';
import type { AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../src-shared/text/app-error-text.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** The place where a port is plugged in, and another one when the local server has been started again. */
export interface PortSocket {
  /** Takes the place of the port before. */
  attach(port: LinkPort): void;
  /** For kinds of port that don't tell when the other end is gone: whoever knows says so here. */
  detach(): void;
  setLanguage(language: Language): void;
  /** Makes one call of the link; for `portLink`. */
  open(call: OpenCall): LiveCall;
}

interface OpenCall {
  type: Operation['type'];
  path: string;
  input: () => unknown;
  deadlineMs: number | null;
  /** The call is on its way to the server, for the first time or again. */
  started?(): void;
  receive(message: Exclude<ToClient, { kind: 'bye' }>): void;
  /** The port went away. A call that stays open is made again over the next one. */
  lost(): 'closed' | 'stays open';
}

interface LiveCall {
  /** Tells the server to stop and forgets the call. */
  stop(): void;
  forget(): void;
  seen(count: number): void;
  language(): Language;
}

export function createPortSocket(language: Language): PortSocket {
  const calls = new Map<number, OpenCall>();
  let port: LinkPort | undefined;
  let spoken = language;
  let lastId = 0;

  const post = (message: ToServer): void => port?.post(message);
  const start = (id: number, call: OpenCall): void => {
    const { type, path, deadlineMs } = call;
    if (!port) return;
    post({ kind: 'call', id, type, path, input: call.input(), deadlineMs });
    call.started?.();
  };
  const lose = (lostPort: LinkPort | undefined): void => {
    if (!port || lostPort !== port) return;
    port = undefined;
    lostPort.close();
    for (const [id, call] of calls) if (call.lost() === 'closed') calls.delete(id);
  };
  return {
    attach: (next) => {
      lose(port);
      port = next;
      next.listen({
        message: (raw) => {
          const message = raw as ToClient;
          if (message.kind === 'bye') lose(next);
          else if (next === port) calls.get(message.id)?.receive(message);
        },
        closed: () => lose(next),
      });
      post({ kind: 'hello', language: spoken });
      for (const [id, call] of calls) start(id, call);
    },
    detach: () => lose(port),
    setLanguage: (chosen) => {
      spoken = chosen;
      post({ kind: 'hello', language: chosen });
    },
    open: (call) => {
      lastId += 1;
      const id = lastId;
      // Before it is kept: input that can't be copied throws here, and is the caller's to hear of.
      start(id, call);
      calls.set(id, call);
      return {
        stop: () => {
          if (calls.delete(id)) post({ kind: 'stop', id });
        },
        forget: () => calls.delete(id),
        seen: (count) => post({ kind: 'seen', id, count }),
        language: () => spoken,
      };
    },
  };
}

/** `context: { deadlineMs }` of a call says how long it may take, where the usual time is not right. */
export function portLink<Router extends AnyTRPCRouter>(socket: PortSocket): TRPCLink<Router> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        try {
          return op.type === 'subscription' ? subscribe(socket, op, observer) : ask(socket, op, observer);
        } catch (cause) {
          // Input that can't be copied: the caller's mistake, and not one that may hang it.
          observer.error(TRPCClientError.from(cause as Error));
        }
      });
}

function ask<Router extends AnyTRPCRouter>(
  socket: PortSocket,
  op: Operation,
  observer: OperationResultObserver<Router, unknown>,
): () => void {
  const given = op.context['deadlineMs'];
  const deadlineMs = typeof given === 'number' ? given : CALL_DEADLINE_MS;
  const end = (): void => {
    clearTimeout(timer);
    op.signal?.removeEventListener('abort', onAbort);
    call.forget();
  };
  const fail = (error: Error | { error: WireError }): void => {
    end();
    observer.error(TRPCClientError.from(error as Error));
  };
  const onAbort = (): void => {
    call.stop();
    fail(new DOMException('The call was aborted.', 'AbortError'));
  };
  const call = socket.open({
    type: op.type,
    path: op.path,
    input: () => op.input,
    deadlineMs,
    receive: (message) => {
      if (message.kind === 'error') return fail({ error: message.error });
      end();
      if (message.kind === 'data') observer.next({ result: { type: 'data', data: message.data } });
      observer.complete();
    },
    lost: () => {
      fail(linkError({ code: 'DESK_RESTARTING', retry: 'later' }, op.path, call.language()));
      return 'closed';
    },
  });
  const timer = setTimeout(() => {
    call.stop();
    fail(linkError({ code: 'DEADLINE', retry: 'later' }, op.path, call.language()));
  }, deadlineMs);
  if (op.signal?.aborted) onAbort();
  else op.signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    call.stop();
    end();
  };
}

function subscribe<Router extends AnyTRPCRouter>(
  socket: PortSocket,
  op: Operation,
  observer: OperationResultObserver<Router, unknown>,
): () => void {
  let lastEventId: string | null = null;
  let unacknowledged = 0;
  const end = (): void => {
    op.signal?.removeEventListener('abort', stop);
    call.forget();
  };
  const stop = (): void => {
    call.stop();
    end();
    observer.next({ result: { type: 'stopped' } });
    observer.complete();
  };
  const call = socket.open({
    type: 'subscription',
    path: op.path,
    input: () => resumedInput(op.input, lastEventId),
    deadlineMs: null,
    started: () => observer.next({ result: { type: 'started' } }),
    receive: (message) => {
      if (message.kind === 'error') {
        end();
        observer.error(TRPCClientError.from({ error: message.error }));
      } else if (message.kind === 'done') {
        end();
        observer.next({ result: { type: 'stopped' } });
        observer.complete();
      } else {
        const { eventId, data } = message;
        if (eventId !== null) lastEventId = eventId;
        observer.next({ result: { type: 'data', data: eventId === null ? data : { id: eventId, data } } });
        unacknowledged += 1;
        if (unacknowledged < SEEN_AFTER) return;
        call.seen(unacknowledged);
        unacknowledged = 0;
      }
    },
    lost: () => {
      unacknowledged = 0;
      observer.next({ result: { type: 'state', state: 'connecting', error: null } });
      return 'stays open';
    },
  });
  op.signal?.addEventListener('abort', stop, { once: true });
  return () => {
    call.stop();
    end();
  };
}

/** tRPC's convention: a tracked subscription takes the id of the last event that was seen within its input. */
function resumedInput(input: unknown, lastEventId: string | null): unknown {
  if (lastEventId === null) return input;
  return { ...(typeof input === 'object' ? input : {}), lastEventId };
}

/** An error of the link's own, in the shape that the router's formatter gives all others. */
function linkError(app: AppErrorData, path: string, language: Language): { error: WireError } {
  const code = app.code === 'DEADLINE' ? 'TIMEOUT' : 'SERVICE_UNAVAILABLE';
  const httpStatus = app.code === 'DEADLINE' ? 408 : 503;
  return {
    error: { code: -32_000, message: appErrorText(app, language), data: { code, httpStatus, path, app, issues: [] } },
  };
}

/** A port of the web, as the preload script hands it to the window. */
export function webLinkPort(port: MessagePort): LinkPort {
  return {
    post: (message) => port.postMessage(message),
    listen: (on) => {
      port.addEventListener('message', (event) => on.message(event.data));
      // Newer Chromium tells; with an older one the supervisor's new port does.
      port.addEventListener('close', () => on.closed());
      port.start();
    },
    close: () => port.close(),
  };
}
