/** A small house: two branches, people, products, prices, stock. Written as central writes, changes and all. */
import { randomBytes } from 'node:crypto';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';
import { initialsOf } from '../../src-shared/domain/initials.ts';
import type { Price, PriceList } from '../../src-shared/domain/pricing/price-list.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_LOCK, warehouseLock } from '../../src-central/db/lock-keys.ts';
import { branchOf, customerOf, priceListOf, priceOf, productOf, stockOf } from '../../src-central/db/rows.ts';
import type { CentralDb, CentralTransaction } from '../../src-central/db/schema.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { recordCounts } from '../../src-central/import/record-counts.ts';
import { createUser } from '../../src-central/identity/create-user.ts';

/** Everybody's. */
export const TEST_PASSWORD = 'orderdesk-test';

export interface TestHouse {
  /** Branch `PD`. Its people: `clerk` and `manager`. */
  pudong: Branch;
  /** Branch `NB`. Its people: `clerk-nb` and `manager-nb`. */
  ningbo: Branch;
  /** By code: P1 to P5 active, P9 inactive. P1 in pieces and cases of 12 at 2.55; P2 by weight (kg, step 0.1). */
  products: Record<string, Product>;
  /** By code: C1 (own price 2.00 for P1), C2 and C8 (inactive) of Pudong, C3 of Ningbo. */
  customers: Record<string, Customer>;
  /** What each warehouse has of each product at the start, in thousandths of the base unit. */
  onHand: number;
}

const ON_HAND = 1_000_000;

export function newId(): string {
  return uuidV7(Date.now(), randomBytes(10));
}

export async function furnishHouse(db: CentralDb): Promise<TestHouse> {
  const house = await writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const pudong = await addBranch(tx, 'PD', '浦东店');
    const ningbo = await addBranch(tx, 'NB', 'Ningbo');
    const products: TestHouse['products'] = {};
    for (const [code, name, active] of [
      ['P1', 'WHITE HANGING HEART T-LIGHT HOLDER', true],
      ['P2', '散装绿茶', true],
      ['P3', 'JAM MAKING SET WITH JARS', true],
      ['P4', '白色灯架', true],
      ['P5', 'REGENCY CAKESTAND 3 TIER', true],
      ['P9', 'NO LONGER SOLD', false],
    ] as const) {
      products[code] = await addProduct(tx, { code, name, active });
    }
    const customers: TestHouse['customers'] = {};
    for (const [code, name, branch, active] of [
      ['C1', '上海好邻居超市', pudong, true],
      ['C2', 'Corner Shop', pudong, true],
      ['C8', 'Closed Shop', pudong, false],
      ['C3', 'Ningbo Trading', ningbo, true],
    ] as const) {
      customers[code] = await addCustomer(tx, { code, name, branch, active });
    }
    await addPrices(tx, { pudong, products, customers });
    return { pudong, ningbo, products, customers, onHand: ON_HAND };
  });
  for (const branch of [house.pudong, house.ningbo]) await addStock(db, branch, Object.values(house.products));
  await addPeople(db, house);
  return house;
}

async function addBranch(tx: CentralTransaction, code: string, name: string): Promise<Branch> {
  const row = await tx
    .insertInto('branch')
    .values({ branch_id: newId(), code, name, warehouse_id: newId(), time_zone: 'Asia/Shanghai' })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = branchOf(row);
  await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'branch', made, row.rev)]);
  return made;
}

async function addProduct(
  tx: CentralTransaction,
  of: { code: string; name: string; active: boolean },
): Promise<Product> {
  const weighed = of.code === 'P2';
  const units = weighed
    ? [{ unit: 'kg', factor: 1_000 }]
    : [
        { unit: 'piece', factor: 1_000 },
        { unit: 'case', factor: 12_000 },
      ];
  const row = await tx
    .insertInto('product')
    .values({
      product_id: newId(),
      code: of.code,
      barcode: null,
      name: of.name,
      name_alt: null,
      initials: initialsOf(of.name),
      base_unit: weighed ? 'kg' : 'piece',
      units: JSON.stringify(units),
      step: weighed ? 100 : 1_000,
      active: of.active,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = productOf(row);
  await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'product', made, row.rev)]);
  return made;
}

async function addCustomer(
  tx: CentralTransaction,
  of: { code: string; name: string; branch: Branch; active: boolean },
): Promise<Customer> {
  const row = await tx
    .insertInto('customer')
    .values({
      customer_id: newId(),
      branch_id: of.branch.branchId,
      code: of.code,
      name: of.name,
      initials: initialsOf(of.name),
      phone: null,
      active: of.active,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = customerOf(row);
  await recordChanges(tx, [putOf(branchScope(made.branchId), 'customer', made, row.rev)]);
  return made;
}

async function addPrices(
  tx: CentralTransaction,
  of: Pick<TestHouse, 'pudong' | 'products' | 'customers'>,
): Promise<void> {
  const base = await addPriceList(tx, { code: 'BASE', customerId: null, scope: CATALOGUE_SCOPE });
  for (const product of Object.values(of.products)) {
    await addPrice(tx, { list: base, product, unitPrice: 25_500, scope: CATALOGUE_SCOPE });
  }
  const { C1: favoured } = of.customers;
  const { P1: product } = of.products;
  if (!favoured || !product) throw new Error('the test house lacks C1 or P1');
  const scope = branchScope(of.pudong.branchId);
  const own = await addPriceList(tx, { code: 'C1', customerId: favoured.customerId, scope });
  await addPrice(tx, { list: own, product, unitPrice: 20_000, scope });
}

type Scope = ReturnType<typeof branchScope>;

async function addPriceList(
  tx: CentralTransaction,
  of: { code: string; customerId: string | null; scope: Scope },
): Promise<PriceList> {
  const row = await tx
    .insertInto('price_list')
    .values({ price_list_id: newId(), code: of.code, name: of.code, currency: 'GBP', customer_id: of.customerId })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = priceListOf(row);
  await recordChanges(tx, [putOf(of.scope, 'priceList', made, row.rev)]);
  return made;
}

async function addPrice(
  tx: CentralTransaction,
  of: { list: PriceList; product: Product; unitPrice: number; scope: Scope },
): Promise<Price> {
  const row = await tx
    .insertInto('price')
    .values({
      price_id: newId(),
      price_list_id: of.list.priceListId,
      product_id: of.product.productId,
      unit: of.product.baseUnit,
      unit_price: of.unitPrice,
      valid_from: '2020-01-01',
      valid_to: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = priceOf(row);
  await recordChanges(tx, [putOf(of.scope, 'price', made, row.rev)]);
  return made;
}

async function addStock(db: CentralDb, branch: Branch, products: readonly Product[]): Promise<void> {
  await writeTransaction(db, [warehouseLock(branch.warehouseId)], async (tx) => {
    const rows = await tx
      .insertInto('stock')
      .values(
        products.map((product) => ({
          warehouse_id: branch.warehouseId,
          product_id: product.productId,
          on_hand: ON_HAND,
        })),
      )
      .returningAll()
      .execute();
    await recordChanges(
      tx,
      rows.map((row) => putOf(branchScope(branch.branchId), 'stock', stockOf(row), row.rev)),
    );
    await recordCounts(
      tx,
      rows.map(({ warehouse_id, product_id, on_hand }) => ({ warehouse_id, product_id, quantity_base: on_hand })),
      Date.now(),
    );
  });
}

/** What a delivery or a count does: the shelves now hold this much. */
export async function setOnHand(
  db: CentralDb,
  of: { branch: Branch; product: Product | undefined; onHand: number },
): Promise<Stock> {
  const { branch, product, onHand } = of;
  if (!product) throw new Error('no such product in the test house');
  return writeTransaction(db, [warehouseLock(branch.warehouseId)], async (tx) => {
    const before = await tx
      .selectFrom('stock')
      .select('on_hand')
      .where('warehouse_id', '=', branch.warehouseId)
      .where('product_id', '=', product.productId)
      .executeTakeFirstOrThrow();
    const row = await tx
      .updateTable('stock')
      .set((columns) => ({ on_hand: onHand, rev: columns('rev', '+', 1) }))
      .where('warehouse_id', '=', branch.warehouseId)
      .where('product_id', '=', product.productId)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChanges(tx, [putOf(branchScope(branch.branchId), 'stock', stockOf(row), row.rev)]);
    await recordCounts(tx, [{ ...row, quantity_base: onHand - before.on_hand }], Date.now());
    return stockOf(row);
  });
}

/** Gives a product a rate of tax and a minimum, and takes a share off it for everybody. */
export async function putRulesOn(
  db: CentralDb,
  of: { product: Product | undefined; taxBasisPoints: number; minimumBase: number; off: number },
): Promise<void> {
  const { product, taxBasisPoints, minimumBase, off } = of;
  if (!product) throw new Error('no such product in the test house');
  const promotionId = newId() as Promotion['promotionId'];
  const promotion: Promotion = {
    promotionId,
    code: promotionId,
    name: 'a share off',
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [product.productId],
    place: 1,
    exclusive: false,
    rule: { kind: 'percent', off },
  };
  await writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const row = await tx
      .updateTable('product')
      .set((columns) => ({
        tax_basis_points: taxBasisPoints,
        minimum_base: minimumBase,
        rev: columns('rev', '+', 1),
      }))
      .where('product_id', '=', product.productId)
      .returningAll()
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('promotion')
      .values({ promotion_id: promotionId, code: promotionId, document: JSON.stringify(promotion), rev: 1 })
      .execute();
    await recordChanges(tx, [
      putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev),
      putOf(CATALOGUE_SCOPE, 'promotion', promotion, 1),
    ]);
  });
}

async function addPeople(db: CentralDb, { pudong, ningbo }: TestHouse): Promise<void> {
  const person = (userName: string, role: 'clerk' | 'manager' | 'admin', branch: Branch | null): Promise<unknown> =>
    createUser(db, {
      userName,
      displayName: userName,
      role,
      branchId: branch?.branchId ?? null,
      password: TEST_PASSWORD,
    });
  await Promise.all([
    person('admin', 'admin', null),
    person('clerk', 'clerk', pudong),
    person('manager', 'manager', pudong),
    person('clerk-nb', 'clerk', ningbo),
    person('manager-nb', 'manager', ningbo),
  ]);
}
