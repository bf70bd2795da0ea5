/** The client over TLS, with a private certificate authority, against servers whose certificates are wrong in each way. */
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { certificate, closeServers, failure, json, serve, serveSecurely } from '../../test/support/stranger-servers.ts';
import { createCentralClient, type CentralClientOptions } from './central-client.ts';

const PAGE = { epoch: 'e1', now: 5, changes: [], cursor: 'c1', more: false };
const OPTIONS: CentralClientOptions = { ca: [certificate('ca')], deadlines: { connectMs: 2_000, requestMs: 500 } };
const DAY_MS = 86_400_000;

afterEach(closeServers);

const pull = (url: string, options = OPTIONS) =>
  createCentralClient([url], options).pull({ protocol: 2, cursor: '' }, { token: 't' });
const reasonOf = async (url: string, options = OPTIONS) => {
  const data = await failure(pull(url, options));
  return data.code === 'CENTRAL_UNREACHABLE' ? data.reason : data.code;
};
const securely = (of: Parameters<typeof serveSecurely>[0]) =>
  serveSecurely(of, (_, response) => json(response, 200, PAGE));

describe('a certificate', () => {
  test('of a private authority is trusted once that authority is given', async () => {
    const url = await securely('good');
    expect(await pull(url)).toEqual(PAGE);
    expect(await reasonOf(url, {})).toBe('certificate authority');
  });

  test.each([
    ['expired', 'certificate expired'],
    ['future', 'certificate not yet valid'],
    ['other-name', 'certificate name'],
  ] as const)('that is wrong (%s) has its own reason', async (name, reason) => {
    expect(await reasonOf(await securely(name))).toBe(reason);
  });

  test('that is out of its time by a clock that is wrong is blamed on the clock', async () => {
    const url = await securely('future');
    const at = (clock: { nowMs: number; offsetMs: number | null }) => reasonOf(url, { ...OPTIONS, clock: () => clock });
    expect(await at({ nowMs: Date.UTC(1999, 0, 1), offsetMs: null })).toBe('certificate clock');
    expect(await at({ nowMs: Date.now(), offsetMs: 3 * DAY_MS })).toBe('certificate clock');
    expect(await at({ nowMs: Date.now(), offsetMs: 2_000 })).toBe('certificate not yet valid');
  });
});

describe('an address with the wrong scheme', () => {
  test('of https where http is spoken says so', async () => {
    const url = await serve((_, response) => json(response, 200, PAGE));
    expect(await reasonOf(url.replace('http:', 'https:'))).toBe('not https');
  });

  test('of http where https is spoken says so', async () => {
    const url = await securely('good');
    // Node's own servers hang up without a word; what most others say is a TLS alert.
    expect(['https expected', 'broken off']).toContain(await reasonOf(url.replace('https:', 'http:')));
    const alerting = createTcpServer((socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])));
    await new Promise<void>((resolve) => alerting.listen(0, '127.0.0.1', resolve));
    const { port } = alerting.address() as { port: number };
    expect(await reasonOf(`http://127.0.0.1:${port}`)).toBe('https expected');
    alerting.close();
  });
});
