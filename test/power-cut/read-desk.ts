/**
 * What a desk's file holds of orders, and where it contradicts itself. One transaction writes an order's mutation, its
 * number, its stock and what the screen shows; so after any cut they are there together, or none of them is.
 */
import { createHash, createPrivateKey, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { PlaceAnswer } from '../../src-main/api/desk-services.ts';
import { createIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { createOrderDesk } from '../../src-main/orders/order-desk.ts';
import type { OrderDeskParts } from '../../src-main/orders/parts.ts';
import { orderLane } from '../../src-main/outbox/lane.ts';
import type { Platform } from '../../src-main/platform.ts';
import { readReplayed } from '../../src-main/replica/overlay.ts';
import type { Store } from '../../src-main/store/store.ts';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { askedLinesOf, readIntent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import { mutationBody } from '../../src-shared/protocol/mutation.ts';
import type { SaidLine } from './said.ts';

export interface DeskContent {
  orders: KeptOrder[];
  /** Sentences; none in a sound file. */
  problems: string[];
}

/** An order that this desk made, as a person would see it. */
export interface KeptOrder {
  orderId: string;
  number: string;
  /** Those that are whole (readable, of their hash, signed by their session's key), oldest first. */
  mutations: KeptMutation[];
}

/** What was asked for, and what the desk would answer to the same again. */
export interface KeptMutation {
  what: string;
  lines: SaidLine[];
  number: string;
  status: string;
  totalMinor: number;
}

interface MutationRow {
  mutation_id: string;
  lane: string;
  name: string;
  body: string;
  body_hash: string;
  signature: string;
  answer: string;
  settled: number;
}

export function readDesk(store: Store, sqlite: Database): DeskContent {
  const problems: string[] = [];
  for (const line of sqlite.pragma('integrity_check') as { integrity_check: string }[]) {
    if (line.integrity_check !== 'ok') problems.push(`integrity: ${line.integrity_check}`);
  }
  const mutations = sqlite
    .prepare<[], MutationRow>(
      `select mutation_id, lane, name, body, body_hash, signature, answer, 0 as settled, seq from outbox
       union all
       select mutation_id, lane, name, body, body_hash, signature, answer, 1, seq from journal order by seq`,
    )
    .all();
  const byOrder = new Map<string, { row: MutationRow; intent: MutationIntent }[]>();
  const keyOf = sessionKeys(sqlite);
  for (const row of mutations) {
    const intent = wholeIntent(row, keyOf);
    if (typeof intent === 'string') {
      problems.push(`mutation ${row.mutation_id}: ${intent}`);
      continue;
    }
    const { orderId } = intent.args;
    const list = byOrder.get(orderId);
    if (list) list.push({ row, intent });
    else byOrder.set(orderId, [{ row, intent }]);
  }
  const orders: KeptOrder[] = [];
  const desk = createOrderDesk(deskParts(store));
  for (const [orderId, made] of byOrder) {
    // Throws where there is none; the whole image then counts as one that doesn't open.
    const { number } = desk.orders.get(orderId, 'en');
    if (made.some(({ row }) => row.settled === 0)) problems.push(...overlayProblems(store, sqlite, orderId));
    orders.push({ orderId, number, mutations: made.map(({ row, intent }) => keptMutation(row, intent)) });
  }
  problems.push(...strayProblems(sqlite), ...numberProblems(sqlite, orders));
  return { orders, problems };
}

/** The intent, or what is wrong with it. */
function wholeIntent(row: MutationRow, keyOf: (sessionId: string) => KeyObject | undefined): MutationIntent | string {
  const bytes = Buffer.from(row.body, 'utf8');
  if (createHash('sha256').update(bytes).digest('hex') !== row.body_hash) return 'the body is not of its hash';
  const body = mutationBody.parse(JSON.parse(row.body));
  const key = keyOf(body.sessionId);
  if (!key) return 'the session that signed it is gone';
  if (!verify(undefined, bytes, key, Buffer.from(row.signature, 'base64'))) return 'the signature is wrong';
  const read = readIntent(body.name, body.schemaVersion, body.args);
  if (!read.ok) return read.reason;
  const { intent } = read;
  if (body.id !== row.mutation_id || intent.name !== row.name) return 'the body says another name than its row';
  return row.lane === orderLane(intent.args.orderId) ? intent : 'the lane is another order’s';
}

function sessionKeys(sqlite: Database): (sessionId: string) => KeyObject | undefined {
  const find = sqlite.prepare<[string], string>('select private_key from session where session_id = ?').pluck();
  const known = new Map<string, KeyObject>();
  return (sessionId) => {
    const text = known.has(sessionId) ? undefined : find.get(sessionId);
    if (text !== undefined) {
      const key = createPrivateKey({ key: Buffer.from(text, 'base64'), type: 'pkcs8', format: 'der' });
      known.set(sessionId, createPublicKey(key));
    }
    return known.get(sessionId);
  };
}

function keptMutation({ answer }: MutationRow, intent: MutationIntent): KeptMutation {
  const { number, status, totalMinor } = JSON.parse(answer) as PlaceAnswer;
  const lines = askedLinesOf(intent).map(({ productId, unit, quantity }) => ({ productId, unit, quantity }));
  return { what: intent.name, lines, number, status, totalMinor };
}

function deskParts(store: Store): OrderDeskParts {
  const platform: Platform = { now: () => 0, monotonicNow: () => 0, randomBytes: (count) => new Uint8Array(count) };
  return { store, identity: createIdentitySource(store, () => 0), platform, notify: () => undefined };
}

/** What is kept for the screen and the stock, against what central's row and the mutations make. */
function overlayProblems(store: Store, sqlite: Database, orderId: string): string[] {
  const { shown, reservations } = readReplayed(store, orderId);
  const kept = sqlite
    .prepare(
      `select number, customer_id, status, business_date, made_at, currency, total_minor, line_count
       from local_order where order_id = ?`,
    )
    .raw()
    .get(orderId);
  const made = shown && [
    shown.number,
    shown.customerId,
    shown.status,
    shown.businessDate,
    shown.madeAt,
    shown.currency,
    shown.totalMinor,
    shown.lines.length,
  ];
  const problems: string[] = [];
  if (JSON.stringify(kept) !== JSON.stringify(made)) problems.push(`order ${orderId}: shown other than it is`);
  const taken = sqlite
    .prepare(
      `select mutation_id || '/' || product_id || '/' || quantity_base from reservation
       where mutation_id in (select mutation_id from outbox where lane = ?)`,
    )
    .pluck()
    .all(orderLane(orderId)) as string[];
  const due = reservations.map((of) => `${of.mutationId}/${of.productId}/${of.quantityBase}`);
  if (taken.sort().join() !== due.sort().join()) problems.push(`order ${orderId}: takes other stock than it says`);
  return problems;
}

/** Rows that stand for no mutation that waits, and verdicts that were half taken in. */
function strayProblems(sqlite: Database): string[] {
  const strays: Record<string, string> = {
    'an order on the screen without a mutation': `select order_id from local_order
      where 'order:' || order_id not in (select lane from outbox)`,
    'stock taken without a mutation':
      'select mutation_id from reservation where mutation_id not in (select mutation_id from outbox)',
    'a verdict that was not taken in': `select mutation_id from receipt
      where verdict = 'applied' and mutation_id in (select mutation_id from outbox)`,
    'a settled mutation without a verdict':
      'select mutation_id from journal where mutation_id not in (select mutation_id from receipt)',
    'a mutation both waiting and settled':
      'select mutation_id from journal where mutation_id in (select mutation_id from outbox)',
  };
  return Object.entries(strays).flatMap(([problem, query]) =>
    sqlite
      .prepare(query)
      .pluck()
      .all()
      .map((id) => `${problem}: ${String(id)}`),
  );
}

/** A number that could be given a second time. */
function numberProblems(sqlite: Database, orders: readonly KeptOrder[]): string[] {
  const problems: string[] = [];
  const given = sqlite.prepare<[], number>('select coalesce(max(value), 0) from counter').pluck().get() ?? 0;
  const numbers = new Set<string>();
  for (const { orderId, number } of orders) {
    const running = parseOrderNumber(number)?.running;
    if (running === undefined || running > given) problems.push(`order ${orderId}: ${number} would be given again`);
    if (numbers.has(number)) problems.push(`order ${orderId}: ${number} is another order's as well`);
    numbers.add(number);
  }
  return problems;
}
