/**
 * Both halves of the port link against each other, over real ports of node:worker_threads. Goal: no call may hang, and
 * nothing may be told twice or get lost on the way, whatever the other end does.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createTRPCClient, TRPCClientError } from '@trpc/client';
import { initTRPC, tracked } from '@trpc/server';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createPortSocket, portLink, type PortSocket } from '../../../src-renderer/desk/port-link.ts';
import { SUBSCRIPTION_WINDOW } from '../../../src-shared/desk-link/limits.ts';
import type { LinkPort } from '../../../src-shared/desk-link/wire.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import { workerLinkPort } from './link-ports.ts';
import { servePort, type ServedPort } from './serve-port.ts';

const t = initTRPC.context<{ language: Language }>().create({
  errorFormatter: ({ shape, ctx }) => ({ ...shape, data: { code: shape.data.code, language: ctx?.language } }),
});

let produced = 0;
let numbersFrom: number[] = [];

const router = t.router({
  double: t.procedure.input(z.number()).query(({ input }) => input * 2),
  echo: t.procedure.input(z.unknown()).mutation(({ input }) => input),
  never: t.procedure.query(() => new Promise<string>(() => {})),
  uncopyable: t.procedure.query(() => ({ call: () => 1 })),
  fails: t.procedure.query(() => {
    throw new Error('no');
  }),
  flood: t.procedure.subscription(async function* ({ signal }) {
    for (;;) {
      if (signal?.aborted) return;
      produced += 1;
      yield produced;
      await Promise.resolve();
    }
  }),
  numbers: t.procedure.input(z.object({ lastEventId: z.string().optional() })).subscription(async function* ({
    input,
    signal,
  }) {
    let next = Number(input.lastEventId ?? 0) + 1;
    numbersFrom.push(next);
    const stop = next + 3;
    for (; next < stop; next += 1) yield tracked(String(next), next);
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  }),
});

const opened: MessagePort[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
  produced = 0;
  numbersFrom = [];
});

function connect(
  socket: PortSocket,
  options: { isTrusted?: () => boolean } = {},
): { server: ServedPort; far: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  opened.push(port1, port2);
  const server = servePort(workerLinkPort(port2), {
    router,
    createContext: (language) => ({ language }),
    language: 'en',
    ...options,
  });
  socket.attach(workerLinkPort(port1));
  return { server, far: port1 };
}

function client(socket = createPortSocket('en')) {
  return { socket, api: createTRPCClient<typeof router>({ links: [portLink(socket)] }) };
}

async function failure(of: Promise<unknown>): Promise<TRPCClientError<typeof router>> {
  const error: unknown = await of.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof TRPCClientError)) throw new Error(`no tRPC error but ${String(error)}`);
  return error as TRPCClientError<typeof router>;
}

function appCode(error: TRPCClientError<typeof router>): unknown {
  return (error.shape?.data as { app?: { code: string } } | undefined)?.app?.code;
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited 5 s in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a call', () => {
  test('gets its answer, with dates and big integers as they are', async () => {
    const { socket, api } = client();
    connect(socket);
    expect(await api.double.query(21)).toBe(42);
    const value = { when: new Date(5), big: 2n ** 70n, list: [undefined, null] };
    expect(await api.echo.mutate(value)).toEqual(value);
  });

  test('made before there is a port goes out when there is one', async () => {
    const { socket, api } = client();
    const answer = api.double.query(4);
    connect(socket);
    expect(await answer).toBe(8);
  });

  test('to a server that never answers ends at its deadline, on the client as on the server', async () => {
    const { socket, api } = client();
    const { port1, port2 } = new MessageChannel();
    opened.push(port1, port2);
    socket.attach(workerLinkPort(port1));
    const error = await failure(api.double.query(1, { context: { deadlineMs: 30 } }));
    expect(appCode(error)).toBe('DEADLINE');
    connect(socket);
    expect(await failure(api.never.query(undefined, { context: { deadlineMs: 30 } }))).toBeInstanceOf(TRPCClientError);
  });

  test('under way when the port closes fails at once, and the next port serves the next call', async () => {
    const { socket, api } = client();
    const { far } = connect(socket);
    const lost = failure(api.never.query());
    far.close();
    expect(appCode(await lost)).toBe('DESK_RESTARTING');
    connect(socket);
    expect(await api.double.query(3)).toBe(6);
  });

  test('under way when the server closes or somebody detaches fails at once', async () => {
    const { socket, api } = client();
    const { server } = connect(socket);
    const first = failure(api.never.query());
    await api.double.query(1);
    server.close();
    expect(appCode(await first)).toBe('DESK_RESTARTING');
    connect(socket);
    const second = failure(api.never.query());
    socket.detach();
    expect(appCode(await second)).toBe('DESK_RESTARTING');
  });

  test('that was aborted ends as aborted', async () => {
    const { socket, api } = client();
    connect(socket);
    const abort = new AbortController();
    const ended = failure(api.never.query(undefined, { signal: abort.signal }));
    abort.abort();
    expect((await ended).cause?.name).toBe('AbortError');
  });

  test('whose input or output cannot be copied fails instead of hanging', async () => {
    const { socket, api } = client();
    connect(socket);
    expect((await failure(api.echo.mutate(() => 1))).message).toMatch(/clone/);
    expect(await failure(api.uncopyable.query())).toBeInstanceOf(TRPCClientError);
    expect(await api.double.query(1)).toBe(2);
  });

  test('has its errors formatted by the router, in the language that the window last said', async () => {
    const { socket, api } = client();
    connect(socket);
    expect((await failure(api.fails.query())).shape?.data).toEqual({ code: 'INTERNAL_SERVER_ERROR', language: 'en' });
    socket.setLanguage('zh-CN');
    expect((await failure(api.fails.query())).shape?.data.language).toBe('zh-CN');
    connect(socket);
    expect((await failure(api.fails.query())).shape?.data.language).toBe('zh-CN');
  });
});

describe('a subscription', () => {
  test('that is not read has no more than a window of messages under way', async () => {
    const { port1, port2 } = new MessageChannel();
    opened.push(port1, port2);
    servePort(workerLinkPort(port2), { router, createContext: (language) => ({ language }), language: 'en' });
    const received: unknown[] = [];
    port1.on('message', (message) => received.push(message));
    port1.postMessage({ kind: 'call', id: 1, type: 'subscription', path: 'flood', input: undefined, deadlineMs: null });
    await until(() => received.length === SUBSCRIPTION_WINDOW);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(received.length).toBe(SUBSCRIPTION_WINDOW);
    expect(produced).toBe(SUBSCRIPTION_WINDOW);
    port1.postMessage({ kind: 'seen', id: 1, count: 10 });
    await until(() => received.length === SUBSCRIPTION_WINDOW + 10);
  });

  test('that is read goes on past its window, and ends when it is stopped', async () => {
    const { socket, api } = client();
    connect(socket);
    let seen = 0;
    const subscription = api.flood.subscribe(undefined, { onData: () => (seen += 1) });
    await until(() => seen > SUBSCRIPTION_WINDOW * 5);
    subscription.unsubscribe();
    await api.double.query(1);
    const after = produced;
    await api.double.query(1);
    expect(produced).toBe(after);
  });

  test('goes on over the next port after the last event that was seen', async () => {
    const { socket, api } = client();
    const first = connect(socket);
    const seen: number[] = [];
    const states: string[] = [];
    const subscription = api.numbers.subscribe(
      {},
      {
        onData: (event) => seen.push(event.data),
        onStarted: () => states.push('started'),
        onConnectionStateChange: (state) => states.push(state.state),
        onError: (error) => states.push(error.message),
      },
    );
    await until(() => seen.length === 3);
    first.far.close();
    await until(() => states.includes('connecting'));
    connect(socket);
    await until(() => seen.length === 6);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbersFrom).toEqual([1, 4]);
    expect(states.filter((state) => state === 'started')).toHaveLength(2);
    subscription.unsubscribe();
  });
});

describe('the server', () => {
  test('closes a port that sends what is not of the link', async () => {
    const { port1, port2 } = new MessageChannel();
    opened.push(port1, port2);
    const reasons: string[] = [];
    servePort(workerLinkPort(port2), {
      router,
      createContext: (language) => ({ language }),
      language: 'en',
      onClosed: (reason) => reasons.push(reason),
    });
    port1.postMessage({ kind: 'call', id: 'x', path: ['double'] });
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(['foreign message']);
  });

  test('believes nobody whom the host does not trust', async () => {
    const { socket, api } = client();
    connect(socket, { isTrusted: () => false });
    expect(appCode(await failure(api.double.query(1)))).toBe('DESK_RESTARTING');
  });

  test('takes no part in a port of a kind that cannot tell of its end', async () => {
    const { socket, api } = client();
    const silent: LinkPort = { post: () => {}, listen: () => {}, close: () => {} };
    socket.attach(silent);
    const lost = failure(api.double.query(1));
    connect(socket);
    expect(appCode(await lost)).toBe('DESK_RESTARTING');
    expect(await api.double.query(1)).toBe(2);
  });
});
