/** Reads everything that a batch is judged against, set-wise, on the snapshot of its transaction. */
import { sql, type Selectable } from 'kysely';
import type { ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { PriceCandidate } from '../../src-shared/domain/price-list.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import { integerArray, textArray, uuidArray } from '../db/array-literals.ts';
import type { CentralTransaction, ReceiptTable } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import type { LeaseRow } from '../leases/lease-rows.ts';
import { loadOrders } from '../orders/load-orders.ts';
import { BatchState, placeOf, type KnownReceipt } from './batch-state.ts';
import type { CatalogueMemory, RememberedProduct } from './catalogue-memory.ts';
import { incarnationOf, type Candidate } from './judge-batch.ts';

export async function loadBatch(
  tx: CentralTransaction,
  device: Device,
  candidates: readonly Candidate[],
  memory: CatalogueMemory,
): Promise<BatchState> {
  const state = new BatchState();
  await loadReceipts(tx, state, device, candidates);
  await loadOrdersOf(tx, state, candidates);
  await loadCustomers(tx, state, candidates);
  const productIds = productsOf(state, candidates);
  await recallProducts(tx, state, { productIds, memory });
  await loadStock(tx, state, { productIds, warehouseId: device.branch.warehouseId });
  await loadLeases(tx, state, { productIds, deviceId: device.deviceId });
  await loadOwnPrices(tx, state, { productIds, customerIds: customersOf(candidates) });
  if (state.epoch?.recovering) await loadReturning(tx, state, candidates);
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

async function loadReceipts(
  tx: CentralTransaction,
  state: BatchState,
  device: Device,
  candidates: readonly Candidate[],
): Promise<void> {
  const ids = candidates.flatMap(({ body }) => [
    body.id,
    ...body.dependsOn,
    ...(body.supersedes ?? []).map((entry) => entry.id),
  ]);
  const placed = candidates.filter(({ pushed }) => pushed.seq !== null);
  const { rows } = await sql<ReceiptRow>`
    select r.*, d.branch_id from receipt r join device d using (device_id)
    where r.mutation_id = any(${uuidArray(ids)}::uuid[])
    union
    select r.*, d.branch_id from unnest(
      ${uuidArray(placed.map(incarnationOf))}::uuid[],
      ${integerArray(placed.map(({ pushed }) => pushed.seq))}::bigint[]
    ) as place (incarnation_id, seq)
    join receipt r on r.device_id = ${device.deviceId} and r.incarnation_id = place.incarnation_id
      and r.seq = place.seq
    join device d on d.device_id = r.device_id
  `.execute(tx);
  for (const row of rows) {
    const receipt = knownReceipt(row);
    state.receipts.set(receipt.mutationId, receipt);
    if (receipt.deviceId === device.deviceId && receipt.seq !== null) state.places.set(placeOf(receipt), receipt);
  }
}

/** A receipt with the branch of its device. */
export interface ReceiptRow extends Selectable<ReceiptTable> {
  branch_id: string;
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
    rev: row.rev,
    state: 'stored',
  };
}

async function loadOrdersOf(
  tx: CentralTransaction,
  state: BatchState,
  candidates: readonly Candidate[],
): Promise<void> {
  const orderIds = candidates.map(({ intent }) => intent.args.orderId);
  const numbers = candidates.map(({ intent }) => intent.args.number);
  const { rows } = await sql<{ order_id: string; number: string }>`
    select order_id, number from sales_order
    where order_id = any(${uuidArray(orderIds)}::uuid[]) or number = any(${textArray(numbers)}::text[])
  `.execute(tx);
  for (const { number, order_id: orderId } of rows) state.numbers.set(number, orderId);
  const wanted = new Set<string>(orderIds);
  const known = rows.map((row) => row.order_id).filter((orderId) => wanted.has(orderId));
  if (known.length === 0) return;
  for (const [orderId, stored] of await loadOrders(tx, known)) {
    state.orders.set(orderId, { stored, now: stored.order, replaced: [] });
  }
}

function customersOf(candidates: readonly Candidate[]): string[] {
  return [...new Set(candidates.map(({ intent }) => intent.args.customerId))];
}

/** Those asked for, and those that the orders hold already: an amendment gives them back. */
function productsOf(state: BatchState, candidates: readonly Candidate[]): string[] {
  const ids = new Set<string>();
  for (const { intent } of candidates) {
    if (intent.name !== 'order.cancel') for (const line of intent.args.lines) ids.add(line.productId);
  }
  for (const { now } of state.orders.values()) for (const line of now?.lines ?? []) ids.add(line.productId);
  return [...ids];
}

async function loadCustomers(
  tx: CentralTransaction,
  state: BatchState,
  candidates: readonly Candidate[],
): Promise<void> {
  const { rows } = await sql<{ customer_id: string; branch_id: string; active: boolean }>`
    select customer_id, branch_id, active from customer where customer_id = any(${uuidArray(customersOf(candidates))}::uuid[])
  `.execute(tx);
  type Facts = Parameters<typeof state.customers.set>[1];
  for (const row of rows) {
    state.customers.set(row.customer_id, {
      customerId: row.customer_id as Facts['customerId'],
      branchId: row.branch_id as Facts['branchId'],
      active: row.active,
    });
  }
}

/** Products with their list prices: those remembered, and from the tables those that are not. */
async function recallProducts(
  tx: CentralTransaction,
  state: BatchState,
  of: { productIds: readonly string[]; memory: CatalogueMemory },
): Promise<void> {
  const { version, epoch, recovering } = await tx
    .selectFrom('catalogue_version')
    .crossJoin('epoch')
    .select(['version', 'epoch', 'recovering'])
    .executeTakeFirstOrThrow();
  state.epoch = { epoch, recovering };
  const remembered = of.memory.at(version);
  const missing = of.productIds.filter((productId) => !remembered.has(productId));
  if (missing.length > 0) await rememberProducts(tx, remembered, missing);
  for (const productId of of.productIds) {
    const product = remembered.get(productId);
    if (!product) continue;
    state.products.set(productId, product.facts);
    state.priced.set(productId, { base: product.prices, own: new Map() });
  }
}

/** Remembers a product only with its prices: another batch may look while this one still reads, and this may fail. */
async function rememberProducts(
  tx: CentralTransaction,
  remembered: Map<string, RememberedProduct>,
  productIds: readonly string[],
): Promise<void> {
  const { rows } = await sql<{
    product_id: string;
    base_unit: string;
    units: ProductUnit[];
    step: number;
    active: boolean;
  }>`
    select product_id, base_unit, units, step, active from product where product_id = any(${uuidArray(productIds)}::uuid[])
  `.execute(tx);
  const found = new Map<string, RememberedProduct>();
  for (const row of rows) {
    const { units, step, active } = row;
    const productId = row.product_id as ProductFacts['productId'];
    found.set(productId, { facts: { productId, baseUnit: row.base_unit, units, step, active }, prices: [] });
  }
  const { rows: prices } = await sql<PriceRow>`
    select p.price_id, p.product_id, p.unit, p.unit_price, p.valid_from, p.valid_to, l.currency, l.customer_id
    from price p join price_list l using (price_list_id)
    where p.product_id = any(${uuidArray(productIds)}::uuid[]) and l.customer_id is null
  `.execute(tx);
  for (const row of prices) found.get(row.product_id)?.prices.push(candidateOf(row));
  for (const [productId, product] of found) remembered.set(productId, product);
}

async function loadStock(
  tx: CentralTransaction,
  state: BatchState,
  of: { productIds: readonly string[]; warehouseId: string },
): Promise<void> {
  const { rows } = await sql<{ product_id: string; on_hand: number; allocated: number; rev: number }>`
    select product_id, on_hand, allocated, rev from stock
    where warehouse_id = ${of.warehouseId} and product_id = any(${uuidArray(of.productIds)}::uuid[])
  `.execute(tx);
  for (const row of rows) {
    const { on_hand: onHand, allocated, rev } = row;
    state.stock.set(row.product_id, { onHand, allocated, rev, touched: false });
  }
}

/** Of every life of the desk's file: what was promised in an earlier one is kept. */
async function loadLeases(
  tx: CentralTransaction,
  state: BatchState,
  of: { productIds: readonly string[]; deviceId: string },
): Promise<void> {
  const { rows } = await sql<LeaseRow>`
    select * from stock_lease
    where device_id = ${of.deviceId} and live and product_id = any(${uuidArray(of.productIds)}::uuid[])
    order by expires_at, lease_id
  `.execute(tx);
  for (const row of rows) {
    const entry = { row, usedBase: row.used_base };
    const leases = state.leases.get(row.product_id);
    if (leases) leases.push(entry);
    else state.leases.set(row.product_id, [entry]);
  }
}

interface PriceRow {
  price_id: PriceCandidate['priceId'];
  product_id: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
  currency: PriceCandidate['currency'];
  customer_id: string | null;
}

function candidateOf(row: PriceRow): PriceCandidate {
  return {
    priceId: row.price_id,
    unit: row.unit,
    unitPrice: row.unit_price,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    currency: row.currency,
    own: row.customer_id !== null,
  };
}

/** The prices on the customers' own lists. */
async function loadOwnPrices(
  tx: CentralTransaction,
  state: BatchState,
  of: { productIds: readonly string[]; customerIds: readonly string[] },
): Promise<void> {
  const { rows: lists } = await sql<{ price_list_id: string }>`
    select price_list_id from price_list where customer_id = any(${uuidArray(of.customerIds)}::uuid[])
  `.execute(tx);
  if (lists.length === 0) return;
  const { rows } = await sql<PriceRow>`
    select p.price_id, p.product_id, p.unit, p.unit_price, p.valid_from, p.valid_to, l.currency, l.customer_id
    from price p join price_list l using (price_list_id)
    where p.price_list_id = any(${uuidArray(lists.map((list) => list.price_list_id))}::uuid[])
      and p.product_id = any(${uuidArray(of.productIds)}::uuid[])
  `.execute(tx);
  for (const row of rows) {
    const prices = state.priced.get(row.product_id);
    const owner = row.customer_id ?? '';
    prices?.own.set(owner, [...(prices.own.get(owner) ?? []), candidateOf(row)]);
  }
}
