/**
 * The reference: what a careful hand would write for these rows without any of central's questions. One transaction a
 * batch, one statement a table, the same columns, the same documents in the feed.
 */
import type pg from 'pg';
import { lineAmountMinor } from '../../src-shared/domain/money.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { newId } from './bench-house.ts';

const DEVICE = 'select device_id from device where name = $1 limit 1';
/** Of each house by its client: several benchmarks run in one process, each with a house of its own. */
const idsOf = new WeakMap<pg.Client, { deviceId: string; incarnationId: string }>();
let seq = 0;

export async function writeReference(client: pg.Client, orders: readonly OrderContent[]): Promise<void> {
  const ids = idsOf.get(client) ?? (await readIds(client));
  idsOf.set(client, ids);
  const { deviceId, incarnationId } = ids;
  const at = Date.now();
  const rows = orders.map((order) => orderRow(order, { deviceId, at }));
  const receipts = rows.map((row) => receiptRow(row, at));
  await client.query('begin isolation level repeatable read');
  const stock = await takeStock(client, rows);
  await insertOrders(client, rows);
  await insertLines(client, rows);
  await insertReceipts(client, receipts, { deviceId, incarnationId });
  await insertChanges(client, { rows, receipts, stock, deviceId });
  await client.query('commit');
}

async function readIds(client: pg.Client): Promise<{ deviceId: string; incarnationId: string }> {
  const device = await client.query<{ device_id: string }>(DEVICE, ['Bench']);
  const incarnation = await client.query<{ incarnation_id: string }>('select incarnation_id from incarnation');
  return { deviceId: device.rows[0]?.device_id ?? '', incarnationId: incarnation.rows[0]?.incarnation_id ?? '' };
}

type Row = ReturnType<typeof orderRow>;
type Receipt = ReturnType<typeof receiptRow>;

function orderRow(order: OrderContent, of: { deviceId: string; at: number }) {
  const lines = order.lines.map((line) => ({
    productId: line.productId,
    unit: line.unit,
    quantity: line.quantity,
    quantityBase: line.quantity,
    unitPrice: line.quotedUnitPrice,
    amountMinor: lineAmountMinor(line.quantity, line.quotedUnitPrice, 'GBP'),
    priceKind: 'list',
    priceId: order.orderId,
  }));
  const totalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const mutationId = newId();
  const event = {
    version: 1,
    what: 'placed',
    at: of.at,
    mutationId,
    userId: of.deviceId,
    userName: 'clerk-10',
    deviceId: of.deviceId,
    deviceName: 'Bench',
    totalMinor,
    lineCount: lines.length,
    reason: null,
  };
  return {
    mutationId,
    document: {
      orderId: order.orderId,
      number: order.number,
      branchId: order.branchId,
      warehouseId: order.warehouseId,
      customerId: order.customerId,
      status: 'placed',
      note: order.note,
      businessDate: order.businessDate,
      madeAt: of.at,
      version: 1,
      currency: 'GBP',
      totalMinor,
      lines,
      history: [event],
    },
  };
}

function receiptRow(row: Row, at: number) {
  seq += 1;
  return {
    seq,
    document: {
      mutationId: row.mutationId,
      lane: `order:${row.document.orderId}`,
      name: 'order.place',
      verdict: 'applied',
      issues: [],
      supersededBy: null,
      bodyHash: row.mutationId.padEnd(64, '0'),
      judgedAt: at,
    },
  };
}

interface StockRow {
  warehouse_id: string;
  product_id: string;
  on_hand: string;
  allocated: string;
  rev: string;
}

async function takeStock(client: pg.Client, rows: readonly Row[]): Promise<StockRow[]> {
  const taken = new Map<string, number>();
  for (const { document } of rows) {
    for (const line of document.lines) taken.set(line.productId, (taken.get(line.productId) ?? 0) + line.quantityBase);
  }
  const result = await client.query<StockRow>(
    `update stock set allocated = allocated + given.quantity, rev = rev + 1
     from unnest($2::uuid[], $3::bigint[]) as given (product_id, quantity)
     where warehouse_id = $1 and stock.product_id = given.product_id
     returning stock.*`,
    [rows[0]?.document.warehouseId, [...taken.keys()], [...taken.values()]],
  );
  return result.rows;
}

async function insertOrders(client: pg.Client, rows: readonly Row[]): Promise<void> {
  const column = <T>(pick: (of: Row['document']) => T): T[] => rows.map(({ document }) => pick(document));
  await client.query(
    `insert into sales_order (order_id, number, branch_id, warehouse_id, customer_id, status, note, business_date,
       made_at, version, currency, total_minor, history)
     select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
       $8::date[], $9::bigint[], $10::integer[], $11::text[], $12::bigint[], $13::jsonb[])`,
    [
      column((of) => of.orderId),
      column((of) => of.number),
      column((of) => of.branchId),
      column((of) => of.warehouseId),
      column((of) => of.customerId),
      column((of) => of.status),
      column((of) => of.note),
      column((of) => of.businessDate),
      column((of) => of.madeAt),
      column((of) => of.version),
      column((of) => of.currency),
      column((of) => of.totalMinor),
      column((of) => JSON.stringify(of.history)),
    ],
  );
}

async function insertLines(client: pg.Client, rows: readonly Row[]): Promise<void> {
  const lines = rows.flatMap(({ document }) =>
    document.lines.map((line, index) => ({ orderId: document.orderId, lineNo: index + 1, line })),
  );
  const column = <T>(pick: (of: Row['document']['lines'][number]) => T): T[] => lines.map(({ line }) => pick(line));
  await client.query(
    `insert into sales_order_line (order_id, line_no, product_id, unit, quantity, quantity_base, unit_price,
       amount_minor, price_kind, price_id)
     select * from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
       $8::bigint[], $9::text[], $10::uuid[])`,
    [
      lines.map(({ orderId }) => orderId),
      lines.map(({ lineNo }) => lineNo),
      column((of) => of.productId),
      column((of) => of.unit),
      column((of) => of.quantity),
      column((of) => of.quantityBase),
      column((of) => of.unitPrice),
      column((of) => of.amountMinor),
      column((of) => of.priceKind),
      column((of) => of.priceId),
    ],
  );
}

async function insertReceipts(
  client: pg.Client,
  receipts: readonly Receipt[],
  of: { deviceId: string; incarnationId: string },
): Promise<void> {
  const column = <T>(pick: (receipt: Receipt) => T): T[] => receipts.map(pick);
  await client.query(
    `insert into receipt (mutation_id, device_id, incarnation_id, seq, lane, name, body_hash, verdict, issues, judged_at)
     select mutation_id, $1, $2, seq, lane, name, body_hash, verdict, issues, judged_at
     from unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::bigint[])
       as given (mutation_id, seq, lane, name, body_hash, verdict, issues, judged_at)`,
    [
      of.deviceId,
      of.incarnationId,
      column((receipt) => receipt.document.mutationId),
      column((receipt) => receipt.seq),
      column((receipt) => receipt.document.lane),
      column((receipt) => receipt.document.name),
      column((receipt) => receipt.document.bodyHash),
      column((receipt) => receipt.document.verdict),
      column((receipt) => JSON.stringify(receipt.document.issues)),
      column((receipt) => receipt.document.judgedAt),
    ],
  );
}

async function insertChanges(
  client: pg.Client,
  of: { rows: readonly Row[]; receipts: readonly Receipt[]; stock: readonly StockRow[]; deviceId: string },
): Promise<void> {
  const branch = `branch:${of.rows[0]?.document.branchId ?? ''}`;
  const device = `device:${of.deviceId}`;
  const changes = [
    ...of.stock.map((row) => ({
      scope: branch,
      kind: 'stock',
      key: `${row.warehouse_id}/${row.product_id}`,
      rev: Number(row.rev),
      json: JSON.stringify({
        allocated: Number(row.allocated),
        onHand: Number(row.on_hand),
        productId: row.product_id,
        warehouseId: row.warehouse_id,
      }),
    })),
    ...of.rows.map(({ document }) => ({
      scope: branch,
      kind: 'order',
      key: document.orderId as string,
      rev: 1,
      json: JSON.stringify(document),
    })),
    ...of.receipts.map(({ document }) => ({
      scope: device,
      kind: 'receipt',
      key: document.mutationId,
      rev: 1,
      json: JSON.stringify(document),
    })),
  ];
  await client.query(
    `insert into change (scope, kind, key, op, rev, row_json)
     select scope, kind, key, 'put', rev, row_json
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::json[])
       as given (scope, kind, key, rev, row_json)`,
    [
      changes.map((change) => change.scope),
      changes.map((change) => change.kind),
      changes.map((change) => change.key),
      changes.map((change) => change.rev),
      changes.map((change) => change.json),
    ],
  );
}
