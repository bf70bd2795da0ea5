// Goal: what the screens are told of prices is what the rulebook made of them: whose list, which tier, what was taken off,
// what tax, what the list said where a person left it. Method: a real file with a group, a tier, a promotion and tax.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CustomerGroup } from '../../src-shared/domain/customer.ts';
import { promotion } from '../../src-shared/domain/pricing/promotion.ts';
import type { Change } from '../../src-shared/protocol/change.ts';
import { dryRunEntry } from '../../src-shared/protocol/dry-run.ts';
import { branchScope, CATALOGUE_SCOPE, ordersScope } from '../../src-shared/protocol/scope.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { seededId } from '../../test/support/seeded-catalogue.ts';
import type { GivenLine } from '../api/desk-services.ts';
import { applyPage } from '../replica/apply-page.ts';

const GROUP = { groupId: seededId(30, 0), code: 'WS', name: '批发' } as CustomerGroup;
const LIST = seededId(5, 1);
const [PIECE_PRICE, TIER_PRICE] = [20_000, 15_000];

let at: DeskFixture;

beforeEach(() => {
  at = deskFixture({ products: 3, customers: 2 });
  pull(rulesOfTheHouse());
});
afterEach(() => at.dispose());

function pull(changes: readonly unknown[]): void {
  applyPage(at.store, {
    epoch: EPOCH,
    now: at.platform.now(),
    cursor: 'x',
    more: false,
    changes: changes as Change[],
  });
}

const put = (kind: string, key: string, row: object, more: { scope?: string; rev?: number } = {}) => ({
  scope: CATALOGUE_SCOPE,
  op: 'put',
  rev: 1,
  kind,
  key,
  row,
  ...more,
});

/** The first customer is of a group whose list has the first product, dearer and from 24 on cheaper; tax is in it. */
function rulesOfTheHouse(): unknown[] {
  const [product] = at.catalogue.products;
  const [customer] = at.catalogue.customers;
  if (!product || !customer) throw new Error('fixture');
  const price = {
    priceListId: LIST,
    productId: product.productId,
    unit: 'piece',
    validFrom: '2026-01-01',
    validTo: null,
  };
  const [listed, tier] = [seededId(6, 100), seededId(6, 101)];
  const offer = promotion.parse({
    promotionId: seededId(31, 0),
    code: 'TEN1',
    name: '买10送1',
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [product.productId],
    place: 0,
    exclusive: false,
    rule: { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null },
  });
  return [
    put('customerGroup', GROUP.groupId, GROUP),
    put('priceList', LIST, {
      priceListId: LIST,
      code: 'WS',
      name: '批发价',
      currency: 'CNY',
      customerId: null,
      groupId: GROUP.groupId,
      taxIncluded: true,
    }),
    put('price', listed, { ...price, priceId: listed, unitPrice: PIECE_PRICE }),
    put('price', tier, { ...price, priceId: tier, unitPrice: TIER_PRICE, minQuantity: 24_000 }, { rev: 4 }),
    put(
      'product',
      product.productId,
      { ...product, taxBasisPoints: 1_300, minimumBase: 2_000, multipleBase: 1_000 },
      { rev: 2 },
    ),
    put('promotion', offer.promotionId, offer),
    put(
      'customer',
      customer.customerId,
      { ...customer, groupId: GROUP.groupId },
      { scope: branchScope(at.catalogue.branch.branchId), rev: 2 },
    ),
  ];
}

const customerId = (n = 0): string => at.catalogue.customers[n]?.customerId ?? '';
const line = (quantity: unknown, more: Partial<GivenLine> = {}): GivenLine => ({
  productId: at.catalogue.products[0]?.productId ?? '',
  unit: 'piece',
  quantity,
  ...more,
});
const check = (...lines: GivenLine[]) => at.desk.orders.check({ customerId: customerId(), note: '', lines }, 'en');

test('a tier that is reached is told with its list, version, promotion and the tax in it', () => {
  const answer = check(line(24));
  // 24 at 1.50, two of them free; 13 % are in what is left.
  expect(answer).toMatchObject({ totalMinor: 3_300, taxMinor: 380, sums: { goodsMinor: 3_300, discountMinor: 300 } });
  expect(answer.lines[0]).toMatchObject({
    unitPrice: TIER_PRICE,
    listUnitPrice: TIER_PRICE,
    amountMinor: 3_300,
    grossMinor: 3_300,
    story: {
      of: 'group',
      listName: '批发价',
      rev: 4,
      validFrom: '2026-01-01',
      tierQuantity: 24_000,
      tierUnit: 'piece',
      discounts: [{ code: 'TEN1', name: '买10送1', minor: 300 }],
      taxBasisPoints: 1_300,
      taxMinor: 380,
      taxIncluded: true,
    },
  });
});

test('by hand, what the list says is told beside it, also while the quantity is yet to come', () => {
  const manual = { unitPrice: 19_000, reason: '老客户' };
  const { lines, sums } = check(line(11, { manual }), line('', { manual }));
  expect(lines.map((each) => [each?.unitPrice, each?.listUnitPrice])).toEqual([
    [19_000, PIECE_PRICE],
    [19_000, PIECE_PRICE],
  ]);
  expect(lines[0]?.story).toMatchObject({ listUnitPrice: PIECE_PRICE, manualReason: '老客户', manualBy: null });
  expect(sums).toEqual({ goodsMinor: 2_090, discountMinor: 0 });
});

test('who agreed to a price is told where one person made the order, and nobody is blamed where two did', () => {
  const manual = { unitPrice: 19_000, reason: '老客户' };
  const orderId = at.newOrderId();
  at.desk.orders.place({ orderId, customerId: customerId(), note: '', lines: [line(3, { manual })] }, 'en');
  const order = at.desk.orders.get(orderId, 'en');
  expect(order.lines[0]?.story).toMatchObject({ manualReason: '老客户', manualBy: '小王' });
  expect(order.sums).toEqual({ goodsMinor: 570, discountMinor: 0 });
  const twice = seededId(40, 0);
  const [event] = order.history;
  const { branchId, warehouseId } = at.catalogue.branch;
  const history = [event, { ...event, version: 2, what: 'amended', userName: '小李' }];
  const lines = order.lines.map((each) => ({ ...each, quantity: 3_000 }));
  const row = { ...order, orderId: twice, number: 'XX-00-000001-A', branchId, warehouseId, lines, history } as object;
  pull([put('order', twice, row, { scope: ordersScope(branchId, order.businessDate) })]);
  expect(at.desk.orders.get(twice, 'en').lines[0]?.story).toMatchObject({ manualReason: '老客户', manualBy: null });
});

test('a product says its prices, the base list first, tiers from small to large, and its rules', () => {
  const product = at.desk.products.get(at.catalogue.products[0]?.productId ?? '');
  expect(product).toMatchObject({ taxBasisPoints: 1_300, minimumBase: 2_000, multipleBase: 1_000 });
  expect(product.prices).toMatchObject([
    { priceListCode: 'BASE', customerId: null, groupName: null, minQuantity: null, taxIncluded: false },
    { priceListCode: 'WS', groupName: '批发', unitPrice: PIECE_PRICE, minQuantity: null, taxIncluded: true },
    { priceListCode: 'WS', groupName: '批发', unitPrice: TIER_PRICE, minQuantity: 24_000, taxIncluded: true },
  ]);
  expect(at.desk.products.get(at.catalogue.products[1]?.productId ?? '')).toMatchObject({
    taxBasisPoints: null,
    minimumBase: null,
    multipleBase: null,
  });
});

test('a customer says the group, where there is one', () => {
  expect([customerId(0), customerId(1)].map((id) => at.desk.customers.get(id).groupName)).toEqual(['批发', null]);
});

test('a dry run tells which line comes to another amount', () => {
  const orderId = at.newOrderId();
  at.desk.orders.place({ orderId, customerId: customerId(), note: '', lines: [line(11)] }, 'en');
  const [queued] = at.desk.orders.get(orderId, 'en').queue;
  const entry = dryRunEntry.parse({
    outcome: { id: queued?.mutationId, outcome: 'refused', bodyHash: 'x'.repeat(64), issues: [] },
    totalMinor: 2_200,
    differences: [
      { kind: 'amount', line: 0, assumed: 2_000, actual: 2_200 },
      { kind: 'credit', line: null, assumed: 1, actual: 2 },
    ],
  });
  expect(at.desk.dryRunRows([entry], 'en')).toMatchObject([
    {
      amounts: [
        {
          line: 0,
          product: expect.stringContaining(at.catalogue.products[0]?.code ?? '-') as string,
          wasMinor: 2_000,
          nowMinor: 2_200,
        },
      ],
      prices: [],
      stock: [],
    },
  ]);
});
