/** The client through a real HTTP proxy, which tunnels https and passes http on, asks for a password or says no. */
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  certificate,
  closeServers,
  deserted,
  failure,
  json,
  listening,
  serve,
  serveSecurely,
} from '../../test/support/stranger-servers.ts';
import { proxyFor, proxySettings } from '../line/proxy-choice.ts';
import { createCentralClient } from './central-client.ts';

const PAGE = { epoch: 'e1', now: 5, changes: [], cursor: 'c1', more: false };

afterEach(closeServers);

interface TestProxy {
  port: number;
  /** What was asked of it. */
  seen: string[];
}

/** @param wants `user:password`, or a status to answer every request with. */
async function startProxy(wants?: string | number): Promise<TestProxy> {
  const seen: string[] = [];
  const refusal = (authorization: string | undefined): number | undefined => {
    if (typeof wants === 'number') return wants;
    return wants === undefined || authorization === `Basic ${btoa(wants)}` ? undefined : 407;
  };
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const status = refusal(request.headers['proxy-authorization']);
    if (status !== undefined) return response.writeHead(status).end('<html>');
    const onward = httpRequest(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    return request.pipe(onward);
  });
  proxy.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    const status = refusal(request.headers['proxy-authorization']);
    if (status !== undefined) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    return socket.on('error', () => onward.destroy());
  });
  return { port: await listening(proxy, 0), seen };
}

const pull = (url: string, proxy: string) =>
  createCentralClient([url], {
    ca: [certificate('ca')],
    proxy: proxySettings(proxy, {}),
    deadlines: { connectMs: 2_000, requestMs: 1_000 },
  }).pull({ protocol: 2, cursor: '' }, { token: 't' });

describe('through a proxy', () => {
  test('http is passed on and https is tunnelled, with the password that the proxy wants', async () => {
    const proxy = await startProxy('desk:s p@ss');
    const url = `http://desk:${encodeURIComponent('s p@ss')}@127.0.0.1:${proxy.port}`;
    const plain = await serve((_, response) => json(response, 200, PAGE));
    const secure = await serveSecurely('good', (_, response) => json(response, 200, PAGE));
    expect(await pull(plain, url)).toEqual(PAGE);
    expect(await pull(secure, url)).toEqual(PAGE);
    expect(proxy.seen).toEqual([`POST ${plain}/sync/pull`, `CONNECT ${new URL(secure).host}`]);
  });

  test.each([
    ['wants a password', 'desk:secret', 'proxy sign-in', 'proxy sign-in'],
    ['lets nobody through', 403, 'http 403', 'proxy refused'],
    ['does not find central', 502, 'gateway', 'gateway'],
  ] as const)('that %s, the reason is the proxy', async (_, wants, plainly, tunnelled) => {
    const url = `http://127.0.0.1:${(await startProxy(wants)).port}`;
    expect(await failure(pull('http://central.example', url))).toMatchObject({ reason: plainly });
    expect(await failure(pull('https://central.example', url))).toMatchObject({ reason: tunnelled });
  });

  test('that is not there, it is not central that is blamed', async () => {
    const proxy = await deserted();
    expect(await failure(pull('http://central.example', proxy))).toMatchObject({ reason: 'proxy unreachable' });
    expect(await failure(pull('https://central.example', proxy))).toMatchObject({ reason: 'proxy unreachable' });
  });
});

describe('which proxy', () => {
  const environment = {
    HTTPS_PROXY: 'http://s:1',
    http_proxy: 'http://p:1',
    NO_PROXY: '.inner.example, 10.0.0.7,x.example:81',
  };
  const chosen = (origin: string, given?: string) => proxyFor(proxySettings(given, environment), origin);

  test('is said by the environment, for others than this machine', () => {
    expect(chosen('https://central.example')).toBe('http://s:1');
    expect(chosen('http://central.example')).toBe('http://p:1');
    expect(chosen('http://127.0.0.1:8480')).toBeNull();
    expect(chosen('http://[::1]:8480')).toBeNull();
    expect(chosen('http://localhost:8480')).toBeNull();
  });

  test('is said by --proxy before the environment, also for this machine', () => {
    expect(chosen('https://central.example', 'http://q:1')).toBe('http://q:1');
    expect(chosen('http://127.0.0.1:8480', 'http://q:1')).toBe('http://q:1');
  });

  test('is none for what NO_PROXY names', () => {
    for (const origin of [
      'https://a.inner.example',
      'https://inner.example',
      'http://10.0.0.7:90',
      'http://x.example:81',
    ])
      expect(chosen(origin, 'http://q:1')).toBeNull();
    expect(chosen('http://x.example')).not.toBeNull();
    expect(chosen('http://dinner.example')).not.toBeNull();
  });
});
