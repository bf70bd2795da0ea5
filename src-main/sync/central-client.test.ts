/** The client against real servers on the loopback address that behave as lines and strangers do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import { createCentralClient } from './central-client.ts';

const DEADLINES = { requestMs: 200, pullMs: 200, pokeOpenMs: 200 };
const PAGE = { epoch: 'e1', now: 5, changes: [], cursor: 'c1', more: false };
const PULL = { protocol: 1, cursor: '' };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
async function deserted(): Promise<string> {
  const url = await serve(() => {});
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function failure(of: Promise<unknown>): Promise<AppErrorData> {
  const error: unknown = await of.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof AppError)) throw new Error(`no AppError but ${String(error)}`);
  return error.data;
}

const pullFrom = (...urls: string[]) => createCentralClient(urls, DEADLINES).pull(PULL, { token: 't' });

describe('an answer', () => {
  test('is read by its schema, and the request carries the token', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      json(response, 200, PAGE);
    });
    expect(await pullFrom(`${url}/`)).toEqual(PAGE);
    expect(authorization).toBe('Bearer t');
  });

  test('that is an error of central keeps its code', async () => {
    const url = await serve((_, response) =>
      json(response, 426, { error: { code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: [7] } }),
    );
    expect(await failure(pullFrom(url))).toEqual({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: [7] });
  });

  test('of a stranger is never taken for one of central', async () => {
    const html = await serve((_, response) => response.writeHead(200).end('<html>Sign in to this network</html>'));
    expect(await failure(pullFrom(html))).toMatchObject({ code: 'CENTRAL_UNREACHABLE', reason: 'not our server' });
    const foreign = await serve((_, response) => json(response, 200, { hello: 'world' }));
    expect(await failure(pullFrom(foreign))).toMatchObject({ code: 'CENTRAL_UNREACHABLE', reason: 'not our server' });
    const gateway = await serve((_, response) => response.writeHead(502).end('<html>Bad gateway</html>'));
    expect(await failure(pullFrom(gateway))).toMatchObject({ code: 'CENTRAL_UNREACHABLE', reason: 'http 502' });
    const elsewhere = await serve((_, response) => response.writeHead(302, { location: html }).end());
    expect(await failure(pullFrom(elsewhere))).toMatchObject({ code: 'CENTRAL_UNREACHABLE' });
  });
});

describe('a line', () => {
  test('that refuses, breaks or says nothing has its reason', async () => {
    expect(await failure(pullFrom(await deserted()))).toMatchObject({ reason: 'refused' });
    const hangs = await serve(() => {});
    expect(await failure(pullFrom(hangs))).toMatchObject({ reason: 'no answer' });
    const stalls = await serve((_, response) => response.writeHead(200).write('{"epoch":'));
    expect(await failure(pullFrom(stalls))).toMatchObject({ reason: 'no answer' });
    const breaks = await serve((request) => request.socket.destroy());
    expect(await failure(pullFrom(breaks))).toMatchObject({ reason: 'broken off' });
  });

  test('to an address where nobody listens is taken to the next one within the same call', async () => {
    const alive = await serve((_, response) => json(response, 200, PAGE));
    expect(await pullFrom(await deserted(), await deserted(), alive)).toEqual(PAGE);
  });

  test('that did not answer is taken to the next address with the next call, for this one may have arrived', async () => {
    const hangs = await serve(() => {});
    const alive = await serve((_, response) => json(response, 200, PAGE));
    const client = createCentralClient([hangs, alive], DEADLINES);
    await failure(client.pull(PULL, { token: 't' }));
    expect(await client.pull(PULL, { token: 't' })).toEqual(PAGE);
  });

  test('with no address says so', async () => {
    expect(await failure(pullFrom())).toMatchObject({ reason: 'no address' });
  });
});

describe('the poke stream', () => {
  const beat = { type: 'heartbeat', epoch: 'e1', now: 5 };
  const read = async (url: string, until: (seen: PokeMessage[]) => boolean): Promise<PokeMessage[]> => {
    const abort = new AbortController();
    const seen: PokeMessage[] = [];
    for await (const message of createCentralClient([url], DEADLINES).openPoke({ token: 't', signal: abort.signal })) {
      seen.push(message);
      if (until(seen)) break;
    }
    abort.abort();
    return seen;
  };

  test('is read line by line, wherever it is cut on the way', async () => {
    const text = `${JSON.stringify(beat)}\n{"type":"poke"}\n`;
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(text.slice(0, 9));
      setImmediate(() => response.write(text.slice(9)));
    });
    expect(await read(url, (seen) => seen.length === 2)).toEqual([beat, { type: 'poke' }]);
  });

  test('that does not open in time, or is no such stream, fails with its reason', async () => {
    const never = (): boolean => false;
    expect(await failure(read(await serve(() => {}), never))).toMatchObject({ reason: 'no answer' });
    const html = await serve((_, response) => response.end('<html>\nSign in\n'));
    expect(await failure(read(html, never))).toMatchObject({ reason: 'not our server' });
    const revoked = await serve((_, response) =>
      json(response, 401, { error: { code: 'TOKEN_INVALID', retry: 'never' } }),
    );
    expect(await failure(read(revoked, never))).toMatchObject({ code: 'TOKEN_INVALID' });
  });
});
