/** The client against real servers on the loopback address that behave as lines and strangers do. */
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { bodyOf, closeServers, deserted, failure, json, serve } from '../../test/support/stranger-servers.ts';
import { ANSWER_PROOF_HEADER, REQUEST_PROOF_HEADER } from '../../src-shared/protocol/content-proof.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import { sha256 } from '../line/encoding.ts';
import { createCentralClient, type CentralClientOptions } from './central-client.ts';

const DEADLINES = { connectMs: 2_000, requestMs: 200, pullMs: 200, pokeOpenMs: 200, progressMs: 200 };
const OPTIONS: CentralClientOptions = { deadlines: DEADLINES };
const PAGE = { epoch: 'e1', now: 5, changes: [], cursor: 'c1', more: false };
const PULL = { protocol: 1, cursor: '' };

afterEach(closeServers);

const pullFrom = (...urls: string[]) => createCentralClient(urls, OPTIONS).pull(PULL, { token: 't' });

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

  test.each([
    ['a page of a guest network', 200, 'text/html', '<html>Sign in to this network</html>', 'network sign-in'],
    ['a page without a type', 200, '', '<!DOCTYPE html><title>Welcome</title>', 'network sign-in'],
    ['a network that says it wants a sign-in', 511, 'text/html', '<html>', 'network sign-in'],
    ['a redirect', 302, '', '', 'redirected'],
    ['a gateway in trouble', 502, 'text/html', '<html>Bad gateway</html>', 'gateway'],
    ['a gateway that is overloaded', 503, 'text/html', '<html>', 'gateway'],
    ['a gateway that gave up', 504, 'text/html', '<html>', 'gateway'],
    ['a gateway that takes no large requests', 413, 'text/html', '<html>', 'too large'],
    ['a proxy that wants a password', 407, 'text/html', '<html>', 'proxy sign-in'],
    ['JSON of somebody else', 200, 'application/json', '{"hello":"world"}', 'not our server'],
    ['JSON that was cut off', 200, 'application/json', '{"epoch":"e1","no', 'garbled'],
    ['a failure of somebody else', 404, 'application/json', '{"error":"no such page"}', 'http 404'],
    ['https where http is spoken', 400, 'text/html', 'The plain HTTP request was sent to HTTPS port', 'https expected'],
  ])('that is %s is taken for what it is', async (_, status, type, text, reason) => {
    const url = await serve((_request, response) =>
      response.writeHead(status, { 'content-type': type, location: 'http://portal.example/' }).end(text),
    );
    expect(await failure(pullFrom(url))).toEqual({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason });
  });

  test('that a proxy has unpacked, packed or left alone is read all the same', async () => {
    const text = JSON.stringify(PAGE);
    for (const [body, encoding] of [
      [gzipSync(text), 'gzip'],
      [text, 'gzip'],
      [text, 'identity'],
    ] as const) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      expect(await pullFrom(await serve((_, response) => response.writeHead(200, headers).end(body)))).toEqual(PAGE);
    }
  });

  test('that was changed on the way is not believed, though it reads well', async () => {
    const headers = { 'content-type': 'application/json', [ANSWER_PROOF_HEADER]: sha256(JSON.stringify(PAGE)) };
    const url = await serve((_, response) =>
      response.writeHead(200, headers).end(JSON.stringify({ ...PAGE, cursor: 'c2' })),
    );
    expect(await failure(pullFrom(url))).toMatchObject({ reason: 'garbled' });
  });
});

describe('a request', () => {
  const large = { protocol: 2, cursor: 'c'.repeat(2_000) };

  test('is packed where that pays, and says what it was', async () => {
    let [text, proof]: (string | undefined)[] = [];
    let length = 0;
    const url = await serve((request, response) => {
      proof = request.headers[REQUEST_PROOF_HEADER] as string;
      const unpack = request.headers['content-encoding'] === 'zstd' ? zstdDecompressSync : gunzipSync;
      const answer = async (): Promise<void> => {
        const bytes = await bodyOf(request);
        length = bytes.length;
        text = unpack(bytes).toString();
        json(response, 200, PAGE);
      };
      void answer();
    });
    await createCentralClient([url], OPTIONS).pull(large, { token: 't' });
    expect(text).toBe(JSON.stringify(large));
    expect(length).toBeLessThan(200);
    expect(proof).toBe(sha256('t\n', JSON.stringify(large)));
  });

  test('goes unpacked from then on when something on the way takes no packed ones', async () => {
    const encodings: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      encodings.push(request.headers['content-encoding']);
      request.resume().on('end', () => json(response, request.headers['content-encoding'] ? 415 : 200, PAGE));
    });
    const client = createCentralClient([url], OPTIONS);
    await client.pull(large, { token: 't' });
    await client.pull(large, { token: 't' });
    expect(encodings.map((each) => each !== undefined)).toEqual([true, false, false]);
  });

  test('on a connection that was closed while it lay idle is made again at once', async () => {
    let connections = 0;
    const url = await serve((request, response) => {
      const { socket } = request;
      if (++connections === 1) {
        json(response, 200, PAGE);
        return;
      }
      // The second request on the first connection: as if the server had just hung up.
      if (connections === 2) socket.destroy();
      else json(response, 200, PAGE);
    });
    const client = createCentralClient([url], OPTIONS);
    await client.pull(PULL, { token: 't' });
    expect(await client.pull(PULL, { token: 't' })).toEqual(PAGE);
    expect(connections).toBe(3);
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

  test('that is slow brings a large answer through, however long that takes', async () => {
    const changes = JSON.stringify(PAGE).padEnd(12_000, ' ');
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      let at = 0;
      const timer = setInterval(() => {
        response.write(changes.slice(at, (at += 800)));
        if (at < changes.length) return;
        clearInterval(timer);
        response.end();
      }, 60);
    });
    let progress = 0;
    const client = createCentralClient([url], OPTIONS);
    expect(await client.pull(PULL, { token: 't', onProgress: () => (progress += 1) })).toEqual(PAGE);
    expect(progress).toBeGreaterThan(5);
  });

  test('that trickles is given up', async () => {
    let timer: NodeJS.Timeout | undefined;
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      timer = setInterval(() => response.write(' '), 20);
    });
    expect(await failure(pullFrom(url))).toMatchObject({ reason: 'no answer' });
    clearInterval(timer);
  });

  test('to an address where nobody listens is taken to the next one within the same call', async () => {
    const alive = await serve((_, response) => json(response, 200, PAGE));
    expect(await pullFrom(await deserted(), await deserted(), alive)).toEqual(PAGE);
  });

  test('that did not answer is taken to the next address with the next call, for this one may have arrived', async () => {
    const hangs = await serve(() => {});
    const alive = await serve((_, response) => json(response, 200, PAGE));
    const client = createCentralClient([hangs, alive], OPTIONS);
    await failure(client.pull(PULL, { token: 't' }));
    expect(await client.pull(PULL, { token: 't' })).toEqual(PAGE);
  });

  test('goes back to the first address when that is well again, and the poke stream with it', async () => {
    const home = await deserted();
    const away = await serve((request, response) => {
      if (request.url?.startsWith('/sync/poke') !== true) return json(response, 200, { ...PAGE, epoch: 'away' });
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"type":"heartbeat","epoch":"away","now":1}\n');
      const beats = setInterval(() => response.write('\n'), 10);
      response.on('close', () => clearInterval(beats));
    });
    const client = createCentralClient([home, away], { ...OPTIONS, returnProbeMs: 20 });
    const abort = new AbortController();
    const epochs: string[] = [];
    expect(await client.pull(PULL, { token: 't' })).toMatchObject({ epoch: 'away' });
    for await (const message of client.openPoke({ token: 't', signal: abort.signal })) {
      if (message.type === 'heartbeat') epochs.push(message.epoch);
      if (epochs.at(-1) === 'home') break;
      if (epochs.length === 1 && message.type === 'heartbeat') {
        await serve(
          (request, response) => {
            if (request.url === '/readyz') return json(response, 200, { status: 'ready' });
            if (request.url?.startsWith('/sync/poke') !== true) return json(response, 200, { ...PAGE, epoch: 'home' });
            response.writeHead(200, { 'content-type': 'application/x-ndjson' });
            response.write('{"type":"heartbeat","epoch":"home","now":1}\n');
          },
          Number(new URL(home).port),
        );
      }
    }
    expect(epochs).toEqual(['away', 'home']);
    expect(await client.pull(PULL, { token: 't' })).toMatchObject({ epoch: 'home' });
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
    for await (const message of createCentralClient([url], OPTIONS).openPoke({ token: 't', signal: abort.signal })) {
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

  test('says with an empty line that the line is alive, and with a changed one that it is not to be trusted', async () => {
    const well = await serve((_, response) => response.end(`${JSON.stringify(beat)}\n\n`));
    expect(await read(well, (seen) => seen.length === 2)).toEqual([beat, { type: 'beat' }]);
    const changed = await serve((_, response) => response.end(`${JSON.stringify(beat)}\n{"typf":"poke"}\n`));
    expect(await failure(read(changed, () => false))).toMatchObject({ reason: 'garbled' });
  });

  test('that does not open in time, or is no such stream, fails with its reason', async () => {
    const never = (): boolean => false;
    expect(await failure(read(await serve(() => {}), never))).toMatchObject({ reason: 'no answer' });
    const html = await serve((_, response) => response.end('<html>\nSign in\n'));
    expect(await failure(read(html, never))).toMatchObject({ reason: 'network sign-in' });
    const revoked = await serve((_, response) =>
      json(response, 401, { error: { code: 'TOKEN_INVALID', retry: 'never' } }),
    );
    expect(await failure(read(revoked, never))).toMatchObject({ code: 'TOKEN_INVALID' });
  });
});
