/**
 * Whatever happens in whatever order (placing, amending, cancelling, pushes whose answers get lost, pulls in pieces,
 * refusals, other desks, restarts): what is shown is central's row with the unsettled intents replayed on it; stock is
 * never counted twice; nothing leaves the outbox but by a receipt; and in the end all comes to rest as central has it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from '../../src-shared/domain/order.ts';
import { stockSharesOf } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { GivenStep } from '../api/desk-services.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { markSent, noteOutcomes, reofferSent } from '../outbox/sending.ts';
import { applyPage } from '../replica/apply-page.ts';
import { readCentralOrder } from '../replica/central-order.ts';
import { readCursor } from '../replica/cursor.ts';
import { readReplayed } from '../replica/overlay.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { deskFixture, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral, REFUSED_BY_HAND } from '../../test/support/model-central.ts';

const PRODUCTS = 3;
const ON_HAND = 20_000;

type Step =
  | { do: 'place' | 'amend'; order: number; product: number; quantity: number }
  | { do: 'cancel' | 'touch'; order: number }
  | { do: 'ship' | 'hold' | 'release' | 'pick'; order: number }
  | { do: 'push'; arrives: boolean; answered: boolean; refused: boolean }
  | { do: 'pull'; transactions: number }
  | { do: 'restart' }
  | { do: 'deliver'; product: number };

const order = fc.nat(3);
const product = fc.nat(PRODUCTS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('place', 'amend'), order, product, quantity: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ do: fc.constantFrom('cancel', 'touch'), order }),
  fc.record({ do: fc.constantFrom('ship', 'ship', 'hold', 'release', 'pick'), order }),
  fc.record({
    do: fc.constant('push' as const),
    arrives: fc.boolean(),
    answered: fc.boolean(),
    refused: fc.boolean(),
  }),
  fc.record({ do: fc.constant('pull' as const), transactions: fc.integer({ min: 1, max: 4 }) }),
  fc.constant({ do: 'restart' as const }),
  fc.record({ do: fc.constant('deliver' as const), product }),
);

const STEPS: Record<'ship' | 'hold' | 'release' | 'pick', GivenStep['step']> = {
  ship: { do: 'ship', moved: [{ line: 0, quantityBase: 1_000 }] },
  hold: { do: 'hold', reason: 'unpaid' },
  release: { do: 'release' },
  pick: { do: 'pick' },
};

interface World {
  at: DeskFixture;
  central: ModelCentral;
  orderIds: string[];
  /** Every mutation that was ever acknowledged. */
  written: Set<string>;
}

function run(world: World, of: Step): void {
  const { at, central } = world;
  switch (of.do) {
    case 'place':
    case 'amend': {
      const given = {
        orderId: world.orderIds[of.order] ?? '',
        customerId: at.catalogue.customers[0]?.customerId ?? '',
        note: '',
        lines: [
          { productId: at.catalogue.products[of.product]?.productId ?? '', unit: 'piece', quantity: of.quantity },
        ],
      };
      if (of.do === 'place') return attempt(() => at.desk.orders.place(given, 'en'));
      return attempt(() => {
        // As somebody who has compared, where another desk has changed it.
        const { conflict } = at.desk.orders.get(given.orderId, 'en');
        at.desk.orders.amend({ ...given, ...(conflict && { baseVersion: conflict.version }) }, 'en');
      });
    }
    case 'cancel':
      return attempt(() => at.desk.orders.cancel({ orderId: world.orderIds[of.order] ?? '', reason: '' }, 'en'));
    case 'ship':
    case 'hold':
    case 'release':
    case 'pick':
      return attempt(() => at.desk.orders.step({ orderId: world.orderIds[of.order] ?? '', step: STEPS[of.do] }, 'en'));
    case 'touch':
      return central.touchOrder(world.orderIds[of.order] ?? '');
    case 'push':
      return push(world, of);
    case 'pull':
      return void applyPage(at.store, central.pull(readCursor(at.store), at.platform.now(), of.transactions));
    case 'restart':
      at.reopen();
      return reofferSent(at.store);
    case 'deliver': {
      const productId = at.catalogue.products[of.product]?.productId ?? '';
      const kept = central.stock.get(productId);
      return central.setOnHand(productId, (kept?.row.onHand ?? 0) + 1_000);
    }
  }
}

/** A refusal by the rules or of an order that is not there is an answer like any other. */
function attempt(command: () => unknown): void {
  try {
    command();
  } catch (error) {
    if (!(error instanceof AppError) || !['INPUT', 'NOT_FOUND'].includes(error.data.code)) throw error;
  }
}

function push({ at, central }: World, of: { arrives: boolean; answered: boolean; refused: boolean }): void {
  at.platform.advance(RESEND_AFTER_MS);
  const batch = nextBatch(at.store, at.platform.now());
  markSent(
    at.store,
    batch.map((mutation) => mutation.id),
    at.platform.now(),
  );
  if (!of.arrives) return;
  central.refuseWith = of.refused ? REFUSED_BY_HAND : undefined;
  const outcomes = central.push(batch, at.platform.now());
  central.refuseWith = undefined;
  if (of.answered) noteOutcomes(at.store, outcomes, at.platform.now());
}

const CONTENT = new Set(['order.place', 'order.amend', 'order.cancel']);

const raw = perStore((store: StoreReader) => ({
  reserved: store.query<{ product: string }, { taken: number }>((db, p) =>
    db
      .selectFrom('reservation')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('quantity_base'), eb.lit(0)).as('taken'))
      .where('product_id', '=', p.product),
  ),
  mutations: store.query<Record<string, never>, { id: string }>((db) =>
    db.selectFrom('outbox').select('mutation_id as id').unionAll(db.selectFrom('journal').select('mutation_id as id')),
  ),
  pending: store.query<{ lane: string }, { name: string; body: string }>((db, p) =>
    db
      .selectFrom('outbox')
      .select(['name', 'body'])
      .where('lane', '=', p.lane)
      .where('state', '!=', 'refused')
      .orderBy('seq', 'desc'),
  ),
  stock: store.query<{ product: string }, { on_hand: number; allocated: number }>((db, p) =>
    db.selectFrom('stock').select(['on_hand', 'allocated']).where('product_id', '=', p.product),
  ),
}));

/** What the order takes of what is available: also what has left was set aside before. */
function taken(of: Order | undefined, productId: string): number {
  const share = [...stockSharesOf(of)].find(([id]) => id === productId)?.[1];
  return (share?.allocated ?? 0) + (share?.gone ?? 0);
}

function heldOf(of: Order, productId: string): number {
  return [...stockSharesOf(of)].find(([id]) => id === productId)?.[1].allocated ?? 0;
}

/** Told from the bodies alone, without any replaying: the last that says all of an order counts, for steps take nothing. */
function willTake(at: DeskFixture, orderId: string, productId: string): number {
  const pending = raw(at.store).pending.all({ lane: `order:${orderId}` });
  const last = pending.find(({ name }) => CONTENT.has(name));
  if (!last) return taken(readCentralOrder(at.store, orderId), productId);
  if (last.name === 'order.cancel') return 0;
  const { args } = JSON.parse(last.body) as { args: OrderContent };
  return args.lines.reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0);
}

function check(world: World): void {
  const { at, orderIds, written } = world;
  const { reserved, mutations, stock } = raw(at.store);
  const listed = at.desk.orders.list({ offset: 0, limit: 100 });
  for (const orderId of orderIds) {
    const { shown } = readReplayed(at.store, orderId);
    const row = listed.rows.find((candidate) => candidate.orderId === orderId);
    expect(row === undefined).toBe(shown === undefined);
    if (!shown || !row) continue;
    const detail = at.desk.orders.get(orderId, 'en');
    expect(row).toMatchObject({ status: shown.status, totalMinor: shown.totalMinor, sync: detail.sync });
    if (detail.queue.length === 0) expect(shown).toEqual(readCentralOrder(at.store, orderId));
  }
  for (const { productId } of at.catalogue.products) {
    // Reserved is exactly what the orders will hold less what they hold at central: each piece once.
    const expected = orderIds
      .map((id) => willTake(at, id, productId) - taken(readCentralOrder(at.store, id), productId))
      .reduce((sum, delta) => sum + delta, 0);
    const kept = stock.get({ product: productId });
    expect(reserved.get({ product: productId })?.taken).toBe(expected);
    const available = (kept?.on_hand ?? 0) - (kept?.allocated ?? 0) - expected;
    expect(at.desk.products.get(productId).availableBase).toBe(available);
  }
  const now = new Set(mutations.all({}).map((row) => row.id));
  for (const id of written) expect(now.has(id)).toBe(true);
  for (const id of now) written.add(id);
}

function comeToRest(world: World): void {
  const { at, central } = world;
  for (let round = 0; round < 40 && outboxStatus(at.store).waiting > 0; round += 1) {
    push(world, { arrives: true, answered: true, refused: false });
    applyPage(at.store, central.pull(readCursor(at.store), at.platform.now()));
  }
  applyPage(at.store, central.pull(readCursor(at.store), at.platform.now()));
  check(world);
  expect(outboxStatus(at.store).waiting).toBe(0);
  for (const [orderId, { row }] of central.orders) expect(readCentralOrder(at.store, orderId)).toEqual(row);
  for (const { productId } of at.catalogue.products) {
    const allocated = [...central.orders.values()].reduce((sum, { row }) => sum + heldOf(row, productId), 0);
    expect(central.stock.get(productId)?.row.allocated).toBe(allocated);
  }
  // Whatever was refused and not replaced is in front of a person.
  const refused = [...central.receipts.values()].filter(({ row }) => row.verdict === 'refused' && !row.supersededBy);
  expect(refused.length === 0).toBe(outboxStatus(at.store).needsAttention === 0);
}

test('the overlay is the replay, stock is counted once, and all comes to rest', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const at = deskFixture({ products: PRODUCTS, customers: 1, onHand: ON_HAND });
      try {
        const orderIds = Array.from({ length: 4 }, () => at.newOrderId());
        const world: World = { at, central: new ModelCentral(at.catalogue), orderIds, written: new Set() };
        for (const next of steps) {
          run(world, next);
          check(world);
        }
        comeToRest(world);
      } finally {
        at.dispose();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
