/** What a house decides about its prices, written as central writes it: groups, tiers, tax, promotions, limits. */
import type { Product } from '../../src-shared/domain/product.ts';
import type { CustomerGroup } from '../../src-shared/domain/customer.ts';
import type { PriceList } from '../../src-shared/domain/pricing/price-list.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../../src-central/db/lock-keys.ts';
import { customerGroupOf, customerOf, priceListOf, priceOf, productOf } from '../../src-central/db/rows.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { newId } from './test-house.ts';

/** Basis points; thousandths of the base unit. What is left out stays as it is. */
export async function setProductRules(
  db: CentralDb,
  product: Product | undefined,
  rules: { taxBasisPoints?: number; minimumBase?: number; multipleBase?: number; name?: string },
): Promise<void> {
  if (!product) throw new Error('no such product in the test house');
  await writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const row = await tx
      .updateTable('product')
      .set((columns) => ({
        ...(rules.taxBasisPoints === undefined ? {} : { tax_basis_points: rules.taxBasisPoints }),
        ...(rules.minimumBase === undefined ? {} : { minimum_base: rules.minimumBase }),
        ...(rules.multipleBase === undefined ? {} : { multiple_base: rules.multipleBase }),
        ...(rules.name === undefined ? {} : { name: rules.name }),
        rev: columns('rev', '+', 1),
      }))
      .where('product_id', '=', product.productId)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev)]);
  });
}

/** A customer group with a list of its own, and who is in it. */
export async function addGroup(
  db: CentralDb,
  of: { code: string; name: string; customers: readonly string[] },
): Promise<{ group: CustomerGroup; list: PriceList }> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const made = await tx
      .insertInto('customer_group')
      .values({ group_id: newId(), code: of.code, name: of.name })
      .returningAll()
      .executeTakeFirstOrThrow();
    const group = customerGroupOf(made);
    const listed = await tx
      .insertInto('price_list')
      .values({
        price_list_id: newId(),
        code: of.code,
        name: of.name,
        currency: 'GBP',
        customer_id: null,
        group_id: group.groupId,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const list = priceListOf(listed);
    await recordChanges(tx, [
      putOf(CATALOGUE_SCOPE, 'customerGroup', group, made.rev),
      putOf(CATALOGUE_SCOPE, 'priceList', list, listed.rev),
    ]);
    const rows = await tx
      .updateTable('customer')
      .set((columns) => ({ group_id: group.groupId, rev: columns('rev', '+', 1) }))
      .where('code', 'in', of.customers)
      .returningAll()
      .execute();
    await recordChanges(
      tx,
      rows.map((row) => putOf(branchScope(customerOf(row).branchId), 'customer', customerOf(row), row.rev)),
    );
    return { group, list };
  });
}

/** On a list that everybody may see; `minQuantity`: a tier, thousandths of the base unit. */
export async function addListPrice(
  db: CentralDb,
  of: { listCode: string; product: Product | undefined; unitPrice: number; minQuantity?: number },
): Promise<void> {
  const { listCode, product, unitPrice, minQuantity = null } = of;
  if (!product) throw new Error('no such product in the test house');
  await writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const list = await tx
      .selectFrom('price_list')
      .select('price_list_id')
      .where('code', '=', listCode)
      .executeTakeFirstOrThrow();
    const row = await tx
      .insertInto('price')
      .values({
        price_id: newId(),
        price_list_id: list.price_list_id,
        product_id: product.productId,
        unit: product.baseUnit,
        unit_price: unitPrice,
        valid_from: '2026-01-01',
        valid_to: null,
        min_quantity: minQuantity,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'price', priceOf(row), row.rev)]);
  });
}

/** For everybody, for as long as it is active, unless told otherwise. */
export function promotionOf(of: Pick<Promotion, 'code' | 'name' | 'rule'> & Partial<Promotion>) {
  return {
    validFrom: '2020-01-01',
    validTo: null,
    active: true,
    branches: [],
    groups: [],
    customers: [],
    products: [],
    place: 0,
    exclusive: false,
    ...of,
  };
}
