/** Taking pages in: whole, only by higher revisions, and provably the same rows as at central. */
import { branchScope } from '../../src-shared/protocol/scope.ts';
import { createHash } from 'node:crypto';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Change, PullResponse } from '../../src-shared/protocol/change.ts';
import { digestHex } from '../../src-shared/protocol/digest.ts';
import { RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import { changesOf } from '../../test/support/seeded-catalogue.ts';
import { applyPage } from './apply-page.ts';
import { readPosition } from './cursor.ts';
import { digest } from './digest.ts';
import { openReplicaDigest } from './replica-digest.ts';

let at: DeskFixture;

beforeEach(() => {
  at = deskFixture({ products: 12, customers: 3 });
});
afterEach(() => at.dispose());

function page(changes: Change[], more: Partial<PullResponse> = {}): PullResponse {
  return { epoch: EPOCH, now: at.platform.now(), changes, cursor: 'next', more: false, ...more };
}

function productChange(n: number, rev: number, name: string): Change {
  const row = at.catalogue.products[n];
  if (!row) throw new Error('fixture');
  return { scope: 'catalogue', kind: 'product', op: 'put', key: row.productId, rev, row: { ...row, name } };
}

function names(text: string): string[] {
  return at.desk.products.search({ text, limit: 10 }).map((hit) => hit.name);
}

describe('a page', () => {
  test('says what it touched', () => {
    expect(applyPage(at.store, page([productChange(0, 2, '新名字')]))).toEqual({
      topics: ['products'],
      orderIds: [],
      received: 1,
    });
    expect(applyPage(at.store, page([productChange(0, 2, '新名字')])).topics).toEqual([]);
  });

  test('with one row that is none is refused whole, cursor and all', () => {
    const before = { position: readPosition(at.store), digest: digest(at.store) };
    const bad = [
      { ...productChange(1, 2, 'x'), row: { ...at.catalogue.products[1], step: 'one' } },
      { ...productChange(1, 2, 'x'), key: 'another' },
      { ...productChange(1, 2, 'x'), rev: 0 },
      { kind: 'unicorn', op: 'put', key: 'a', rev: 1, row: {} },
    ] as unknown as Change[];
    for (const change of bad) {
      expect(() => applyPage(at.store, page([productChange(0, 2, '半页'), change]))).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: 'MALFORMED' }) }),
      );
      expect({ position: readPosition(at.store), digest: digest(at.store) }).toEqual(before);
      expect(names('半页')).toEqual([]);
    }
  });

  test('of another life of central is refused', () => {
    expect(() => applyPage(at.store, page([], { epoch: 'epoch-2' }))).toThrow(AppError);
    expect(readPosition(at.store).epoch).toBe(EPOCH);
  });

  test('that is not the last leaves the facts as old as they were', () => {
    const { asOf } = readPosition(at.store);
    at.platform.advance(60_000);
    applyPage(at.store, page([], { more: true, cursor: 'half' }));
    expect(readPosition(at.store)).toMatchObject({ asOf, cursor: 'half' });
    applyPage(at.store, page([]));
    expect(readPosition(at.store).asOf).toBe(at.platform.now());
  });
});

describe('a row', () => {
  test('changes only by a higher revision, and so does what finds it', () => {
    applyPage(at.store, page([productChange(0, 5, '第五版')]));
    applyPage(at.store, page([productChange(0, 4, '第四版'), productChange(0, 5, '假五版')]));
    expect(names('第五')).toEqual(['第五版']);
    expect([...names('第四'), ...names('假五')]).toEqual([]);
  });

  test('is removed only by a higher revision, and is then not found any more', () => {
    applyPage(at.store, page([productChange(0, 5, '第五版')]));
    const key = at.catalogue.products[0]?.productId ?? '';
    applyPage(at.store, page([{ scope: 'catalogue', kind: 'product', op: 'remove', key, rev: 5 }]));
    expect(names('第五')).toHaveLength(1);
    applyPage(at.store, page([{ scope: 'catalogue', kind: 'product', op: 'remove', key, rev: 6 }]));
    expect(names('第五')).toEqual([]);
    expect(digest(at.store)['product']?.rows).toBe(11);
  });

  test('ends in its newest revision, in whatever order and however often the pages come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 12 }), (revs) => {
        const fresh = deskFixture({ products: 1, customers: 1 });
        try {
          for (const rev of revs) {
            const row = {
              warehouseId: fresh.catalogue.branch.warehouseId,
              productId: fresh.catalogue.products[0]?.productId,
            };
            const key = `${row.warehouseId}/${row.productId}`;
            const change = {
              scope: branchScope(fresh.catalogue.branch.branchId),
              kind: 'stock',
              op: 'put',
              key,
              rev,
              row: { ...row, onHand: rev, allocated: 0 },
            } as Change;
            applyPage(fresh.store, { ...page([change]), now: 1 });
          }
          expect(fresh.desk.products.get(fresh.catalogue.products[0]?.productId ?? '').onHandBase).toBe(
            Math.max(...revs),
          );
        } finally {
          fresh.dispose();
        }
      }),
      { numRuns: 15 },
    );
  });
});

/** Computed another way: from the changes themselves, with other code for the canonical text and the sum. */
function independentDigest(changes: readonly Change[]): Record<string, { rows: number; digest: string }> {
  const newest = new Map<string, Change>();
  for (const change of changes) newest.set(`${change.kind} ${change.key}`, change);
  const tables: Record<string, { rows: number; sum: bigint }> = {};
  for (const change of newest.values()) {
    if (change.op !== 'put') continue;
    const text = `${change.kind}\n${change.key}\n${change.rev}\n${sortedJson(change.row)}`;
    const bytes = createHash('sha256').update(text, 'utf8').digest();
    const table = (tables[change.kind] ??= { rows: 0, sum: 0n });
    table.rows += 1;
    table.sum += BigInt(`0x${bytes.subarray(0, 8).toString('hex')}`);
  }
  return Object.fromEntries(
    Object.entries(tables).map(([kind, { rows, sum }]) => [
      kind,
      { rows, digest: (sum % 2n ** 64n).toString(16).padStart(16, '0') },
    ]),
  );
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

test('the digest of the replica is that of the rows that were sent, orders and receipts among them', () => {
  const central = new ModelCentral(at.catalogue);
  const lines = at.catalogue.products.slice(0, 3).map(({ productId }) => ({ productId, unit: 'case', quantity: 2 }));
  const customerId = at.catalogue.customers[0]?.customerId ?? '';
  for (const note of ['一', '🚚 two', 'three\n"quoted"']) {
    at.desk.orders.place({ orderId: at.newOrderId(), customerId, note, lines }, 'en');
  }
  at.platform.advance(RESEND_AFTER_MS);
  central.push(nextBatch(at.store, at.platform.now()), at.platform.now());
  applyPage(at.store, central.pull('', at.platform.now()));
  const expected = independentDigest([...changesOf(at.catalogue), ...central.feed.flat()]);
  expect(expected).toMatchObject({ order: { rows: 3 }, receipt: { rows: 3 } });
  // A kind that has no rows may be listed or left out.
  expect(Object.fromEntries(Object.entries(digest(at.store)).filter(([, { rows }]) => rows > 0))).toEqual(expected);
});

test('an unhurried digest is of one moment, though pages come in between', async () => {
  const before = digest(at.store);
  const { cursor } = readPosition(at.store);
  let pauses = 0;
  const replica = openReplicaDigest(at.store, () => {
    pauses += 1;
    if (pauses === 1) applyPage(at.store, page([productChange(0, 9, '新'), productChange(1, 9, '新')]));
    return Promise.resolve();
  });
  const sums = [...(await replica.sums()).values()].flatMap((kinds) => Array.from(kinds));
  replica.close();
  const found = Object.fromEntries(sums.map(([kind, { rows, sum }]) => [kind, { rows, digest: digestHex(sum) }]));
  expect(replica.cursor).toBe(cursor);
  expect(found).toEqual(Object.fromEntries(Object.entries(before).filter(([, { rows }]) => rows > 0)));
  expect(pauses).toBeGreaterThan(4);
  expect(digest(at.store)).not.toEqual(before);
});

test('the digest shows a single changed value', () => {
  const before = digest(at.store);
  const sqlite = new SqliteDatabase(at.file);
  sqlite
    .prepare('update stock set on_hand = on_hand + 1 where product_id = ?')
    .run(at.catalogue.products[0]?.productId);
  sqlite.close();
  const after = digest(at.store);
  expect(after['stock']).not.toEqual(before['stock']);
  expect(after['product']).toEqual(before['product']);
});
