/** Reads everything that a batch is judged against, set-wise, on the snapshot of its transaction. */
import { sql, type Selectable } from 'kysely';
import type { ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { PriceCandidate } from '../../src-shared/domain/pricing/choose-price.ts';
import { DEFAULT_CREDIT } from '../../src-shared/domain/credit-rules.ts';
import { DEFAULT_REVIEWS } from '../../src-shared/domain/lifecycle/reviews.ts';
import { DEFAULT_MANUAL_PRICES, type Policy, type PolicyName } from '../../src-shared/domain/policy.ts';
import { askedLinesOf } from '../../src-shared/mutations/registry.ts';
import { uuidArray } from '../db/array-literals.ts';
import { accountOf } from '../db/rows.ts';
import type { CentralTransaction, ProductTable } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import { loadOrders } from '../orders/load-orders.ts';
import { BatchState, placeOf, type KnownReceipt } from './batch-state.ts';
import type { CatalogueMemory, HouseRules, RememberedProduct } from './catalogue-memory.ts';
import type { Candidate } from './judge-batch.ts';
import { readBatchRows, readTaken, type BatchRows, type ReceiptRow } from './read-batch-rows.ts';

export async function loadBatch(
  tx: CentralTransaction,
  device: Device,
  candidates: readonly Candidate[],
  memory: CatalogueMemory,
): Promise<BatchState> {
  const state = new BatchState();
  const customerIds = [...new Set(candidates.map(({ intent }) => intent.args.customerId))];
  const asked = productsAsked(candidates);
  const rows = await readBatchRows(tx, candidates, { device, customerIds, productIds: [...asked] });
  state.epoch = { epoch: rows.epoch, recovering: rows.recovering };
  takeReceipts(state, rows.receipts, device);
  takeCustomers(state, rows.customers);
  takeAccounts(state, rows.accounts);
  takeStock(state, rows);
  const held = await loadKnownOrders(tx, state, { candidates, found: rows.orders });
  const more = held.filter((productId) => !asked.has(productId));
  const others = otherCustomers(state, customerIds);
  if (more.length > 0 || others.length > 0) {
    const taken = await readTaken(tx, { device, productIds: more, customerIds: others });
    takeStock(state, taken);
    takeAccounts(state, taken.accounts);
  }
  const productIds = [...asked, ...more];
  const catalogue = memory.at(rows.version);
  await recallProducts(tx, state, { productIds, remembered: catalogue.products });
  catalogue.house ??= await readHouseRules(tx);
  state.house = catalogue.house;
  if (rows.lists.length > 0) await loadOwnPrices(tx, state, { productIds, lists: rows.lists });
  if (rows.recovering) await loadReturning(tx, state, candidates);
  return state;
}

async function loadReturning(
  tx: CentralTransaction,
  state: BatchState,
  candidates: readonly Candidate[],
): Promise<void> {
  const rows = await tx
    .selectFrom('reoffered')
    .select('lane')
    .where(
      'lane',
      'in',
      candidates.map(({ body }) => body.lane),
    )
    .execute();
  for (const { lane } of rows) state.returning.add(lane);
}

function takeReceipts(state: BatchState, rows: readonly ReceiptRow[], device: Device): void {
  for (const row of rows) {
    const receipt = knownReceipt(row);
    state.receipts.set(receipt.mutationId, receipt);
    if (receipt.deviceId === device.deviceId && receipt.seq !== null) state.places.set(placeOf(receipt), receipt);
  }
}

export function knownReceipt(row: ReceiptRow): KnownReceipt {
  return {
    mutationId: row.mutation_id,
    deviceId: row.device_id,
    branchId: row.branch_id,
    incarnationId: row.incarnation_id,
    seq: row.seq,
    lane: row.lane,
    name: row.name,
    bodyHash: row.body_hash,
    refusedBody: row.refused_body,
    verdict: row.verdict,
    issues: row.issues,
    supersededBy: row.superseded_by,
    judgedAt: row.judged_at,
    userId: row.user_id,
    madeAt: row.made_at,
    rev: row.rev,
    state: 'stored',
  };
}

/** @returns the products that these orders hold already: an amendment gives them back. */
async function loadKnownOrders(
  tx: CentralTransaction,
  state: BatchState,
  { candidates, found }: { candidates: readonly Candidate[]; found: BatchRows['orders'] },
): Promise<string[]> {
  for (const { number, order_id: orderId } of found) state.numbers.set(number, orderId);
  const wanted = new Set<string>(candidates.map(({ intent }) => intent.args.orderId));
  const known = found.map((row) => row.order_id).filter((orderId) => wanted.has(orderId));
  if (known.length === 0) return [];
  const held = new Set<string>();
  for (const [orderId, stored] of await loadOrders(tx, known)) {
    state.orders.set(orderId, { stored, now: stored.order, replaced: [] });
    for (const { productId } of stored.order.lines) held.add(productId);
  }
  return [...held];
}

function productsAsked(candidates: readonly Candidate[]): Set<string> {
  const ids = new Set<string>();
  for (const { intent } of candidates) {
    for (const line of askedLinesOf(intent)) ids.add(line.productId);
  }
  return ids;
}

function takeCustomers(state: BatchState, rows: BatchRows['customers']): void {
  type Facts = Parameters<typeof state.customers.set>[1];
  for (const row of rows) {
    state.customers.set(row.customer_id, {
      customerId: row.customer_id as Facts['customerId'],
      branchId: row.branch_id as Facts['branchId'],
      active: row.active,
      groupId: (row.group_id as Facts['groupId'] | null) ?? undefined,
      terms: row.more?.terms,
      hold: row.more?.hold,
    });
  }
}

/** Who an order was for that is now asked to be somebody else's. */
function otherCustomers(state: BatchState, asked: readonly string[]): string[] {
  const known = new Set(asked);
  return [...state.orders.values()].flatMap(({ now }) => (now && !known.has(now.customerId) ? [now.customerId] : []));
}

function takeAccounts(state: BatchState, rows: BatchRows['accounts']): void {
  for (const row of rows) {
    const entry = { row: accountOf(row), rev: row.rev, branchId: row.branch_id, touched: false };
    state.accounts.set(row.customer_id, entry);
  }
}

function takeStock(state: BatchState, { stock, leases }: Pick<BatchRows, 'stock' | 'leases'>): void {
  for (const [productId, onHand, allocated, rev] of stock) {
    state.stock.set(productId, { onHand, allocated, rev, touched: false });
  }
  for (const row of leases) {
    const entry = { row, usedBase: row.used_base };
    const known = state.leases.get(row.product_id);
    if (known) known.push(entry);
    else state.leases.set(row.product_id, [entry]);
  }
}

/** Products with their list prices: those remembered, and from the tables those that are not. */
async function recallProducts(
  tx: CentralTransaction,
  state: BatchState,
  { productIds, remembered }: { productIds: readonly string[]; remembered: Map<string, RememberedProduct> },
): Promise<void> {
  const missing = productIds.filter((productId) => !remembered.has(productId));
  if (missing.length > 0) await rememberProducts(tx, remembered, missing);
  for (const productId of productIds) {
    const product = remembered.get(productId);
    if (!product) continue;
    state.products.set(productId, product.facts);
    state.priced.set(productId, { base: product.prices, ofGroups: product.ofGroups, own: new Map() });
  }
}

/** Remembers a product only with its prices: another batch may look while this one still reads, and this may fail. */
async function rememberProducts(
  tx: CentralTransaction,
  remembered: Map<string, RememberedProduct>,
  productIds: readonly string[],
): Promise<void> {
  const { rows } = await sql<ProductRow>`
    select product_id, base_unit, units, step, active, tax_basis_points, minimum_base, multiple_base
    from product where product_id = any(${uuidArray(productIds)}::uuid[])
  `.execute(tx);
  const found = new Map<string, RememberedProduct>(
    rows.map((row) => [row.product_id, { facts: productFacts(row), prices: [], ofGroups: new Map() }]),
  );
  const { rows: prices } = await sql<PriceRow>`
    select ${PRICE_COLUMNS} from price p join price_list l using (price_list_id)
    where p.product_id = any(${uuidArray(productIds)}::uuid[]) and l.customer_id is null
  `.execute(tx);
  for (const row of prices) {
    const product = found.get(row.product_id);
    if (row.group_id === null) product?.prices.push(candidateOf(row));
    else product?.ofGroups.set(row.group_id, [...(product.ofGroups.get(row.group_id) ?? []), candidateOf(row)]);
  }
  for (const [productId, product] of found) remembered.set(productId, product);
}

type ProductRow = Pick<
  Selectable<ProductTable>,
  'product_id' | 'base_unit' | 'units' | 'step' | 'active' | 'tax_basis_points' | 'minimum_base' | 'multiple_base'
>;

function productFacts(row: ProductRow): ProductFacts {
  return {
    productId: row.product_id as ProductFacts['productId'],
    baseUnit: row.base_unit,
    units: row.units,
    step: row.step,
    active: row.active,
    taxBasisPoints: row.tax_basis_points ?? undefined,
    minimumBase: row.minimum_base ?? undefined,
    multipleBase: row.multiple_base ?? undefined,
  };
}

async function readHouseRules(tx: CentralTransaction): Promise<HouseRules> {
  const promotions = await tx.selectFrom('promotion').select('document').execute();
  const policies = await tx.selectFrom('policy').select('document').execute();
  const of = <N extends PolicyName>(name: N): Extract<Policy, { name: N }> | undefined =>
    policies.map(({ document }) => document).find((each): each is Extract<Policy, { name: N }> => each.name === name);
  return {
    promotions: promotions.map(({ document }) => document).filter(({ active }) => active),
    manualPrices: of('manualPrices') ?? DEFAULT_MANUAL_PRICES,
    reviews: of('reviews') ?? DEFAULT_REVIEWS,
    credit: of('credit') ?? DEFAULT_CREDIT,
  };
}

const PRICE_COLUMNS = sql.raw(
  `p.price_id, p.product_id, p.unit, p.unit_price, p.valid_from, p.valid_to, p.min_quantity, p.rev, l.currency,
  l.customer_id, l.group_id, l.tax_included`,
);

interface PriceRow {
  price_id: PriceCandidate['priceId'];
  product_id: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
  min_quantity: number | null;
  rev: number;
  currency: PriceCandidate['currency'];
  customer_id: string | null;
  group_id: string | null;
  tax_included: boolean | null;
}

function candidateOf(row: PriceRow): PriceCandidate {
  return {
    priceId: row.price_id,
    unit: row.unit,
    unitPrice: row.unit_price,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    minQuantity: row.min_quantity ?? undefined,
    rev: row.rev,
    currency: row.currency,
    of: row.customer_id !== null ? 'own' : row.group_id !== null ? 'group' : 'base',
    taxIncluded: row.tax_included === true,
  };
}

/** The prices on the customers' own lists. */
async function loadOwnPrices(
  tx: CentralTransaction,
  state: BatchState,
  { productIds, lists }: { productIds: readonly string[]; lists: readonly string[] },
): Promise<void> {
  const { rows } = await sql<PriceRow>`
    select ${PRICE_COLUMNS}
    from price p join price_list l using (price_list_id)
    where p.price_list_id = any(${uuidArray(lists)}::uuid[])
      and p.product_id = any(${uuidArray(productIds)}::uuid[])
  `.execute(tx);
  for (const row of rows) {
    const prices = state.priced.get(row.product_id);
    const owner = row.customer_id ?? '';
    prices?.own.set(owner, [...(prices.own.get(owner) ?? []), candidateOf(row)]);
  }
}
