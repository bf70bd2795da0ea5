/** Central against bodies that are packed, mangled on the way, or made to burst it. */
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { COMPRESS_FROM_BYTES } from '../../src-central/limits.ts';
import { ANSWER_PROOF_HEADER, REQUEST_PROOF_HEADER } from '../../src-shared/protocol/content-proof.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import { MAX_PUSH_BYTES } from '../../src-shared/protocol/limits.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { seededProduct, seededRandom } from '../support/seeded-catalogue.ts';
import { TestDesk } from '../support/test-desk.ts';

let central: TestCentral;
let desk: TestDesk;
beforeAll(async () => {
  central = await startTestCentral();
  desk = await TestDesk.enrol(central, 'PD', 'clerk');
});
afterAll(() => central.stop());

const PULL = JSON.stringify({ protocol: 2, cursor: '' });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${desk.identity.deviceToken}`;
  const answer = await fetch(central.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { authorization, 'content-type': 'application/json', ...headers },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    proof: answer.headers.get(ANSWER_PROOF_HEADER),
    text,
    json: JSON.parse(text) as unknown,
  };
}

describe('a packed request', () => {
  test.each([
    ['gzip', gzipSync(PULL), 'gzip'],
    ['zstd', zstdCompressSync(PULL), 'zstd'],
    ['gzip, its header dropped on the way', gzipSync(PULL), undefined],
    ['unpacked on the way, its header left', PULL, 'gzip'],
  ])('is read: %s', async (_, body, encoding) => {
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
    const answer = await post(ENDPOINTS.pull.path, body, headers);
    expect(answer.status).toBe(200);
    expect(answer.json).toHaveProperty('cursor');
  });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('that would unpack to more than a push may have is refused, and central goes on (%s)', async (_, pack) => {
    const bomb = pack(Buffer.alloc(20 * MAX_PUSH_BYTES));
    expect(bomb.length).toBeLessThan(MAX_PUSH_BYTES / 10);
    const answer = await post(ENDPOINTS.push.path, bomb, { 'content-encoding': 'gzip' });
    expect(answer.json).toMatchObject({ error: { code: 'MALFORMED' } });
    expect((await post(ENDPOINTS.pull.path, PULL)).status).toBe(200);
  });
});

test('a chunk of a fill is packed once: not again on its way', async () => {
  const products = Array.from({ length: 100 }, (_, n) => seededProduct(n, seededRandom(n)));
  await writeTransaction(central.db, [], (tx) =>
    recordChanges(
      tx,
      products.map((row) => putOf(CATALOGUE_SCOPE, 'product', row, 1)),
    ),
  );
  const opened = await post(ENDPOINTS.fillOpen.path, PULL);
  const { from } = opened.json as { from: string };
  const asked = { protocol: 2, scope: 'catalogue', kind: 'product', from, after: '', accept: ['gzip'] };
  const answer = await fetch(central.url + ENDPOINTS.fillChunk.path, {
    method: 'POST',
    body: JSON.stringify(asked),
    headers: {
      authorization: `Bearer ${desk.identity.deviceToken}`,
      'content-type': 'application/json',
      'accept-encoding': 'zstd, gzip',
    },
  });
  expect(answer.headers.get('content-encoding')).toBeNull();
  // Long enough for an answer that would be packed.
  expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(COMPRESS_FROM_BYTES);
});

describe('a request that was changed on the way', () => {
  const proven = { [REQUEST_PROOF_HEADER]: '' };
  beforeAll(() => {
    proven[REQUEST_PROOF_HEADER] = sha256(`${desk.identity.deviceToken}\n${PULL}`);
  });

  test('is refused as a fault of the line, in its body, its type, its packing or its token', async () => {
    const garbled = { error: { code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'garbled' } };
    const packed = gzipSync(PULL);
    packed[packed.length - 5] = (packed.at(-5) ?? 0) ^ 1;
    expect((await post(ENDPOINTS.pull.path, PULL.replace('2', '1'), proven)).json).toEqual(garbled);
    expect((await post(ENDPOINTS.pull.path, PULL.replace('{', '['), proven)).json).toEqual(garbled);
    expect((await post(ENDPOINTS.pull.path, PULL, { ...proven, 'content-type': 'applicatioN/jsoo' })).json).toEqual(
      garbled,
    );
    expect((await post(ENDPOINTS.pull.path, packed, proven)).json).toEqual(garbled);
    expect((await post(ENDPOINTS.pull.path, PULL, { ...proven, authorization: 'Bearer x' })).json).toEqual(garbled);
  });

  test('is one, too, where a desk of protocol 1 proves nothing and what has come is no JSON', async () => {
    const garbled = { error: { code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'garbled' } };
    const push = JSON.stringify({ protocol: 1, incarnationId: 'x', mutations: [] });
    for (const body of [push.slice(0, 40), '', push.replace('protocol', 'proto\u0001')]) {
      expect((await post(ENDPOINTS.push.path, body, {})).json).toEqual(garbled);
    }
    expect((await post(ENDPOINTS.push.path, push, {})).json).toMatchObject({ error: { code: 'MALFORMED' } });
  });

  test('but not when it was not: then the answer says what it is, too, also when it is an error', async () => {
    const answer = await post(ENDPOINTS.pull.path, PULL, proven);
    expect(answer.status).toBe(200);
    expect(answer.proof).toBe(sha256(answer.text));
    const wrong = JSON.stringify({ protocol: 2, cursor: 5 });
    const refused = await post(ENDPOINTS.pull.path, wrong, {
      [REQUEST_PROOF_HEADER]: sha256(`${desk.identity.deviceToken}\n${wrong}`),
    });
    expect(refused.json).toMatchObject({ error: { code: 'MALFORMED' } });
    expect(refused.proof).toBe(sha256(refused.text));
  });
});
