/** Scopes of a real replica: what comes, what leaves, what moves; and a file from before there were any. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import type { Change, PullResponse } from '../../src-shared/protocol/change.ts';
import { branchScope, CATALOGUE_SCOPE, deviceScope, ordersScope, type Scope } from '../../src-shared/protocol/scope.ts';
import { controlledPlatform, deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { openStore } from '../store/open-store.ts';
import type { WriteTx } from '../store/store.ts';
import { applyPage } from './apply-page.ts';
import { digest } from './digest.ts';
import { addPart, advancePart } from './filling.ts';
import { rowWriters } from './row-writers.ts';
import { dropLeavingSlice, ensureScope, heldScopes, refillScope } from './scopes.ts';

const OWN = deviceScope('00000000-0000-4000-8000-000000000020');
const FAR = branchScope('00000000-0000-4000-8000-0000000000bb');

let at: DeskFixture;
beforeEach(() => {
  at = deskFixture({ products: 8, customers: 3 });
});
afterEach(() => at.dispose());

function page(changes: Change[], more = false): PullResponse {
  return { epoch: EPOCH, now: at.platform.now(), changes, cursor: 'next', more };
}

function apply(changes: Change[], more = false): void {
  applyPage(at.store, page(changes, more));
}

/** Has the desk's own scope filled anew, as chunks do it. @returns its id. */
function fillOwnScope(tx: WriteTx, changes: readonly Change[]): number {
  refillScope(at.store, tx, { name: OWN });
  const scopeId = ensureScope(at.store, tx, { name: OWN, state: 'filling' });
  const part = { scopeId, kind: 'receipt', place: 0, ofRows: 1 } as const;
  addPart(at.store, tx, part);
  const writers = rowWriters(at.store);
  for (const change of changes) {
    if (change.op !== 'put') continue;
    if (change.kind === 'grant') writers.grant.put(tx, change.row, { rev: change.rev, scopeId });
    if (change.kind === 'receipt') writers.receipt.put(tx, change.row, { rev: change.rev, scopeId });
    if (change.kind === 'order') {
      const ofMonth = ensureScope(at.store, tx, { name: change.scope, state: 'joined' });
      writers.order.put(tx, change.row, { rev: change.rev, scopeId: ofMonth });
    }
  }
  advancePart(at.store, tx, { ...part, after: 'z', rows: 1, done: true });
  return scopeId;
}

const granted = (scope: Scope, rev = 1): Change => ({
  scope: OWN,
  kind: 'grant',
  op: 'put',
  key: scope,
  rev,
  row: { scope },
});
const revoked = (scope: Scope, rev: number): Change => ({ scope: OWN, kind: 'grant', op: 'remove', key: scope, rev });

/** Everything that this desk has by its fill. */
function grantAll(): void {
  const own = branchScope(at.catalogue.branch.branchId);
  apply([CATALOGUE_SCOPE, own, OWN].map((scope) => granted(scope)));
}

function customerOf(scope: Scope, of: { rev: number; n?: number }): Change {
  const row = at.catalogue.customers[of.n ?? 0];
  if (!row) throw new Error('fixture');
  return { scope, kind: 'customer', op: 'put', key: row.customerId, rev: of.rev, row };
}

function dropAll(): void {
  while (dropLeavingSlice(at.store));
}

const stateOf = (scope: Scope): string | undefined => heldScopes(at.store).find(({ name }) => name === scope)?.state;
const found = (text: string): number => at.desk.customers.search({ text, limit: 10 }).length;

test('a scope that is granted waits to be filled; one that is revoked leaves with its rows, and nothing else goes', () => {
  grantAll();
  expect(stateOf(branchScope(at.catalogue.branch.branchId))).toBe('joined');
  apply([granted(FAR)]);
  expect(stateOf(FAR)).toBe('filling');
  const before = digest(at.store);
  apply([customerOf(FAR, { rev: 9 })]);
  const [moved] = at.catalogue.customers;
  apply([revoked(FAR, 2)]);
  expect(stateOf(FAR)).toBeUndefined();
  dropAll();
  expect(heldScopes(at.store).map(({ name }) => name)).not.toContain(FAR);
  expect(digest(at.store)['customer']?.rows).toBe((before['customer']?.rows ?? 0) - 1);
  expect(found(moved?.code ?? '')).toBe(0);
  for (const kind of ['product', 'price', 'stock', 'branch']) expect(digest(at.store)[kind]).toEqual(before[kind]);
});

test('a scope that is taken and given back within one page has missed changes: it is filled anew', () => {
  grantAll();
  apply([granted(FAR)]);
  apply([customerOf(FAR, { rev: 9 })]);
  apply([revoked(FAR, 2), granted(FAR, 3)]);
  expect(stateOf(FAR)).toBe('filling');
  // Its rows give way, so that a fill with the same revisions brings them.
  apply([customerOf(FAR, { rev: 9 })]);
  dropAll();
  expect(digest(at.store)['customer']?.rows).toBe(at.catalogue.customers.length);
});

test('a row that moves to another scope is there once, in whichever order its two changes come', () => {
  const own = branchScope(at.catalogue.branch.branchId);
  const key = at.catalogue.customers[0]?.customerId ?? '';
  for (const order of [0, 1]) {
    grantAll();
    apply([granted(FAR)]);
    const rev = 5 + order;
    const changes: Change[] = [customerOf(FAR, { rev }), { scope: own, kind: 'customer', op: 'remove', key, rev }];
    apply(order === 0 ? changes : changes.toReversed());
    expect(digest(at.store)['customer']?.rows).toBe(at.catalogue.customers.length);
    apply([customerOf(own, { rev: rev + 10 }), { scope: FAR, kind: 'customer', op: 'remove', key, rev: rev + 10 }]);
    expect(digest(at.store)['customer']?.rows).toBe(at.catalogue.customers.length);
  }
});

test('what is held without a grant leaves once the grants are known', () => {
  const old = ordersScope(at.catalogue.branch.branchId, '2019-01-05');
  apply([{ scope: old, kind: 'order', op: 'remove', key: 'x', rev: 1 }]);
  grantAll();
  expect(stateOf(old)).toBeUndefined();
  expect(stateOf(CATALOGUE_SCOPE)).toBe('joined');
});

test('an order whose month is taken away stays on the screen while its amendment waits', () => {
  const central = new ModelCentral(at.catalogue);
  const [product] = at.catalogue.products;
  const customerId = at.catalogue.customers[0]?.customerId ?? '';
  const line = { productId: product?.productId ?? '', unit: 'case', quantity: 1 };
  const lines = [line];
  const { orderId } = at.desk.orders.place({ orderId: at.newOrderId(), customerId, note: '', lines }, 'en');
  central.push(nextBatch(at.store, at.platform.now()), at.platform.now());
  applyPage(at.store, central.pull('', at.platform.now()));
  const { businessDate } = at.desk.orders.get(orderId, 'en');
  const month = ordersScope(at.catalogue.branch.branchId, businessDate);
  const scopes = [CATALOGUE_SCOPE, branchScope(at.catalogue.branch.branchId), OWN, month];
  apply(scopes.map((scope) => granted(scope)));
  at.desk.orders.amend({ orderId, customerId, note: 'two', lines: [{ ...line, quantity: 2 }] }, 'en');
  apply([revoked(month, 2)]);
  dropAll();
  expect(digest(at.store)['order']?.rows).toBe(0);
  expect(at.desk.orders.list({ offset: 0, limit: 5 }).rows).toMatchObject([{ orderId, sync: 'waiting' }]);
});

test('what a fill brought is settled also when the last scope that it waits for leaves', () => {
  const central = new ModelCentral(at.catalogue);
  const [customer, product] = [at.catalogue.customers[0]?.customerId ?? '', at.catalogue.products[0]?.productId ?? ''];
  const lines = [{ productId: product, unit: 'case', quantity: 1 }];
  const { orderId } = at.desk.orders.place({ orderId: at.newOrderId(), customerId: customer, note: '', lines }, 'en');
  central.push(nextBatch(at.store, at.platform.now()), at.platform.now());
  const { changes } = central.pull('', at.platform.now());
  grantAll();
  apply([granted(FAR)]);
  const month = changes.flatMap(({ kind, scope }) => (kind === 'order' ? [scope] : []));
  const grants = [CATALOGUE_SCOPE, branchScope(at.catalogue.branch.branchId), OWN, FAR, ...month];
  const chunks = [...grants.map((scope) => granted(scope)), ...changes];
  const filled = at.store.transaction((tx) => fillOwnScope(tx, chunks));
  applyPage(at.store, page([]), [filled]);
  expect(stateOf(OWN)).toBe('joined');
  const syncState = (): string | undefined => at.desk.orders.list({ offset: 0, limit: 5 }).rows[0]?.sync;
  // What is here is of no one time while anything fills.
  expect(syncState()).toBe('waiting');
  apply([revoked(FAR, 2)]);
  expect(syncState()).toBe('applied');
  expect(at.desk.orders.get(orderId, 'en').sync).toBe('applied');
});

test('a file from before scopes learns them from its rows, and keeps its place in the feed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orderdesk-before-scopes-'));
  const file = join(folder, 'desk.sqlite');
  try {
    openStore(file, controlledPlatform(), REPLICA_MIGRATIONS.slice(0, 1)).close();
    const before = new SqliteDatabase(file);
    const branchId = '00000000-0000-4000-8000-0000000000aa';
    const deviceId = '00000000-0000-4000-8000-0000000000dd';
    before.exec(`
      insert into meta values ('replica.cursor', 'c'), ('replica.epoch', 'e'), ('replica.asOf', '1'),
        ('enrolment', '${JSON.stringify({ deviceId, branch: { branchId } })}');
      insert into branch values ('${branchId}', 'PD', 'x', 'w', 'Asia/Shanghai', 1);
      insert into price_list values ('base', 'B', 'b', 'CNY', null, 1), ('own', 'O', 'o', 'CNY', 'c', 1);
      insert into price values ('p1', 'base', 'x', 'piece', 1, '2026-01-01', null, 1),
        ('p2', 'own', 'x', 'piece', 1, '2026-01-01', null, 1);
      insert into stock values ('w', 'x', 1, 0, 1);
      insert into sales_order values ('o', 'n', '${branchId}', 'w', 'c', 'placed', '', '2026-02-03', 1, 1, 'CNY', 0, 0,
        '[]', '[]', 1);
      insert into receipt values ('m', 'l', 'order.place', 'applied', '[]', null, 'h', 1, 1);`);
    before.close();
    const store = openStore(file, controlledPlatform());
    const scopeOf = (table: 'price' | 'stock' | 'sales_order' | 'receipt' | 'branch', where = ''): string | undefined =>
      store
        .query<Record<string, never>, { name: string; state: string }>(() =>
          sql.raw(`select s.name, s.state from ${table} t join scope s using (scope_id) ${where}`),
        )
        .get({})?.name;
    expect(scopeOf('branch')).toBe(CATALOGUE_SCOPE);
    expect(scopeOf('price', "where price_id = 'p1'")).toBe(CATALOGUE_SCOPE);
    expect(scopeOf('price', "where price_id = 'p2'")).toBe(branchScope(branchId));
    expect(scopeOf('stock')).toBe(branchScope(branchId));
    expect(scopeOf('sales_order')).toBe(ordersScope(branchId, '2026-02-03'));
    expect(scopeOf('receipt')).toBe(deviceScope(deviceId));
    expect(new Set(heldScopes(store).map(({ state }) => state))).toEqual(new Set(['joined']));
    store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
