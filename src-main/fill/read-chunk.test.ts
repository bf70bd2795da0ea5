/** Chunks as central packs them, and as nobody should: what is read of them is the same as parsing all of it at once. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Order } from '../../src-shared/domain/order.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import type { ChunkHeader } from '../../src-shared/protocol/fill.ts';
import { cutOrder } from './cut-order.ts';
import { PIECE_ORDERS } from './limits.ts';
import { parseChunk, readChunk, type ChunkPiece, type ParsedChunk } from './read-chunk.ts';

/** Whatever a person may type to be taken for a key. */
const HOSTILE = 'a","lines":[1],"madeAt":2,"history":[{"productId":"x"}],\\"lines":[\n],"madeAt":';

function order(of: Partial<Order> = {}): Order {
  const id = '0190a5c0-0000-7000-8000-000000000001';
  const line = {
    productId: id,
    unit: HOSTILE,
    quantity: 1_000,
    quantityBase: 1_000,
    unitPrice: 5,
    amountMinor: 5,
    priceKind: 'list',
    priceId: null,
  };
  const event = { version: 1, what: 'placed', at: 1, mutationId: id, userId: id, userName: HOSTILE, deviceId: null };
  return {
    orderId: id,
    number: HOSTILE,
    branchId: id,
    warehouseId: id,
    customerId: id,
    status: 'placed',
    note: `${HOSTILE} 请在上午送货 🍜`,
    businessDate: '2026-11-25',
    madeAt: 1_790_000_000_000,
    version: 3,
    currency: 'CNY',
    totalMinor: 15,
    lines: [line, line, { ...line, unit: '箱' }],
    history: [{ ...event, deviceName: '柜台', totalMinor: 15, lineCount: 3, reason: null }],
    ...of,
  } as unknown as Order;
}

function frame(body: string, of: Partial<ChunkHeader>): Uint8Array {
  const header: ChunkHeader = {
    epoch: 'e',
    scope: 'catalogue',
    kind: 'order',
    after: '',
    at: '1',
    rows: 1,
    rawBytes: Buffer.byteLength(body),
    encoding: 'gzip',
    next: null,
    ...of,
  };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), gzipSync(body)]);
  return Buffer.concat([Buffer.from(`${createHash('sha256').update(content).digest('hex')}\n`), content]);
}

function read(rows: readonly unknown[], text = canonicalJson): Promise<ParsedChunk> {
  return parseChunk(frame(rows.map((row) => `[7,${text(row)}]`).join(',\n'), { rows: rows.length }));
}

test('an order is read the same from canonical text, whose lists are cut out, and from any other, which is parsed', async () => {
  const orders = [order(), order({ lines: [], history: [] }), order({ note: '' })];
  const cut = await read(orders);
  // A blank where no cutting expects one.
  const parsed = await read(orders, (row) => canonicalJson(row).replace('"history":[', '"history": ['));
  expect(cut).toEqual({ ...parsed, header: cut.header });
  const raw = Buffer.from(`[7,${canonicalJson(order())}]`);
  expect(cutOrder(raw, 0, raw.length)).toMatchObject({
    rev: 7,
    lineCount: 3,
    lines: canonicalJson(order().lines),
    history: canonicalJson(order().history),
  });
});

test('rows that are spread over lines, as central does not write them, are read all the same', async () => {
  const rows = [order(), order({ version: 4 })];
  const spread = await read(rows, (row) => JSON.stringify(row, null, 2));
  expect(spread.pieces.flatMap(({ keys }) => keys)).toHaveLength(2);
  expect(spread.pieces.flatMap(({ values }) => values)).toContain(4);
});

test('what is no row, or fewer than was said, is no chunk', async () => {
  await expect(readChunk(frame('[1,{"orderId":"a"}]', {}))).rejects.toThrow('a row is no order');
  await expect(readChunk(frame('[1,{"orderId":', {}))).rejects.toThrow('no JSON');
  await expect(readChunk(frame(`[0,${canonicalJson(order())}]`, {}))).rejects.toThrow('rev is no version');
  await expect(readChunk(frame(`[1,${canonicalJson(order())}]`, { rows: 2 }))).rejects.toThrow('rows are missing');
});

test('a long chunk comes in pieces, in order and whole', async () => {
  const orders = Array.from({ length: 2 * PIECE_ORDERS + 1 }, (_, n) => order({ version: n + 1 }));
  const body = orders.map((row) => `[7,${canonicalJson(row)}]`).join(',\n');
  const chunk = await readChunk(frame(body, { rows: orders.length }));
  const pieces: ChunkPiece[] = [];
  for (let piece = chunk.next(); piece; piece = chunk.next()) pieces.push(piece);
  expect(pieces.map(({ keys }) => keys.length)).toEqual([PIECE_ORDERS, PIECE_ORDERS, 1]);
  expect(pieces.flatMap(({ keys, values }) => keys.map((_, n) => values[n * chunk.width + 9]))).toEqual(
    orders.map(({ version }) => version),
  );
});
