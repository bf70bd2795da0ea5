/** A lane that would stand still for ever: it is named, and a person can go on without what can't be judged. */
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ordersOut as ordersOutSchema } from '../../src-shared/protocol/orders-out.ts';
import type { PushedMutation, MutationBody } from '../../src-shared/protocol/mutation.ts';
import type { PushOutcome, Receipt } from '../../src-shared/protocol/receipt.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { errorIssue } from '../../src-shared/domain/issue.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { ordersOut } from '../outbox/orders-out.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { markSent, noteOutcomes, reofferSent } from '../outbox/sending.ts';
import { applyPage } from '../replica/apply-page.ts';
import { deskFixture, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import { CATALOGUE_SCOPE, deviceScope } from '../../src-shared/protocol/scope.ts';
import { seededId } from '../../test/support/seeded-catalogue.ts';

let at: DeskFixture;

beforeEach(() => {
  at = deskFixture({ products: 3, customers: 1 });
});
afterEach(() => at.dispose());

function given(quantity = 1) {
  const lines = [{ productId: at.catalogue.products[0]?.productId ?? '', unit: 'piece', quantity }];
  return { customerId: at.catalogue.customers[0]?.customerId ?? '', note: '', lines };
}

function place(): string {
  const orderId = at.newOrderId();
  at.desk.orders.place({ orderId, ...given() }, 'en');
  return orderId;
}

/** Offers what is due, and notes what was answered of each. */
function offer(answer: (of: MutationBody) => PushOutcome): PushedMutation[] {
  const batch = nextBatch(at.store, at.platform.now());
  markSent(
    at.store,
    batch.map(({ id }) => id),
    at.platform.now(),
  );
  const outcomes = batch.map(({ body }) => answer(JSON.parse(body) as MutationBody));
  noteOutcomes(at.store, outcomes, at.platform.now());
  return batch;
}

const unreadable = ({ id }: MutationBody): PushOutcome => ({ id, outcome: 'unreadable', reason: 'unknownVersion' });
const held = ({ id, dependsOn }: MutationBody): PushOutcome => ({ id, outcome: 'held', missing: dependsOn });
const sync = (orderId: string): string => at.desk.orders.get(orderId, 'en').sync;

test('an order in quarantine is amended by a mutation that waits for nothing in it and stands in for all of it', () => {
  const orderId = place();
  at.desk.orders.amend({ orderId, ...given(2) }, 'en');
  const [placing, amendment] = offer((body) => (body.name === 'order.place' ? unreadable(body) : held(body)));
  expect(sync(orderId)).toBe('quarantined');
  // Neither goes by itself: a person is asked, and nothing is said to be on its way.
  expect(outboxStatus(at.store)).toMatchObject({ waiting: 0, needsAttention: 1 });
  expect(at.desk.attention.list('en')).toMatchObject([{ orderId, sync: 'quarantined', name: 'order.place' }]);
  expect(at.desk.queue('en')[1]).toMatchObject({
    state: 'held',
    heldSince: at.platform.now(),
    waitsFor: [{ mutationId: placing?.id, name: 'order.place', state: 'quarantined' }],
  });

  at.desk.orders.amend({ orderId, ...given(3) }, 'en');
  const mending = nextBatch(at.store, at.platform.now()).at(-1);
  const body = JSON.parse(mending?.body ?? '') as MutationBody;
  expect(body).toMatchObject({ name: 'order.amend', dependsOn: [], args: { baseVersion: 0 } });
  expect(body.supersedes).toEqual([placing, amendment].map((of) => ({ id: of?.id, bodyHash: of?.bodyHash })));
  expect({ sync: sync(orderId), needsAttention: outboxStatus(at.store).needsAttention }).toEqual({
    sync: 'waiting',
    needsAttention: 0,
  });

  // Central applies it: all three end by their receipts, and none before.
  const central = new ModelCentral(at.catalogue);
  central.push(mending ? [mending] : [], at.platform.now());
  expect(at.desk.queue('en')).toHaveLength(3);
  const page = central.pull('', at.platform.now());
  const ended = (body.supersedes ?? []).map(({ id, bodyHash }, index) => ({
    scope: deviceScope(seededId(20, 0)),
    kind: 'receipt' as const,
    key: id,
    rev: 1,
    op: 'put' as const,
    row: receiptOf({ mutationId: id, bodyHash, lane: body.lane, supersededBy: body.id, judgedAt: index }),
  }));
  applyPage(at.store, { ...page, changes: [...page.changes, ...ended] });
  expect(at.desk.queue('en')).toEqual([]);
  expect(at.desk.orders.get(orderId, 'en')).toMatchObject({ sync: 'applied', quantityBase: 3_000, version: 1 });
});

test('an order in quarantine is offered again at the line’s return, also where a step already waits for it', () => {
  const orderId = place();
  at.desk.orders.step({ orderId, step: { do: 'pick' } }, 'en');
  const unknown = ({ id }: MutationBody): PushOutcome => ({ id, outcome: 'unauthentic', reason: 'session' });
  const [placing, picking] = offer((body) => (body.name === 'order.place' ? unknown(body) : held(body)));
  expect(sync(orderId)).toBe('quarantined');
  reofferSent(at.store);
  expect(nextBatch(at.store, at.platform.now()).map(({ id }) => id)).toEqual([placing?.id, picking?.id]);
});

function receiptOf(of: Partial<Receipt> & Pick<Receipt, 'mutationId' | 'lane' | 'bodyHash'>): Receipt {
  return { name: '', verdict: 'refused', issues: [], supersededBy: null, judgedAt: 0, ...of };
}

test('a mutation that waits for one that is not on this desk is named as such, and cancelling goes on without it', () => {
  const orderId = place();
  const elsewhere = uuidV7(at.platform.now(), at.platform.randomBytes(10));
  const db = new SqliteDatabase(at.file);
  db.prepare('update outbox set depends_on = ?').run(JSON.stringify([elsewhere]));
  db.close();
  expect(outboxStatus(at.store).needsAttention).toBe(0);
  offer(({ id }) => ({ id, outcome: 'held', missing: [elsewhere] as MutationBody['dependsOn'] }));
  expect(at.desk.attention.list('en')).toMatchObject([
    { orderId, sync: 'held', waitsFor: [{ mutationId: elsewhere, name: null, state: null }] },
  ]);
  const since = at.platform.now();
  at.platform.advance(60_000);
  offer(({ id }) => ({ id, outcome: 'held', missing: [elsewhere] as MutationBody['dependsOn'] }));
  expect(at.desk.attention.list('en')[0]?.heldSince).toBe(since);
  at.desk.orders.cancel({ orderId, reason: 'given up' }, 'en');
  const cancel = JSON.parse(nextBatch(at.store, at.platform.now()).at(-1)?.body ?? '') as MutationBody;
  expect(cancel).toMatchObject({ dependsOn: [], args: { reason: 'given up' } });
  expect(cancel.supersedes).toHaveLength(1);
  expect(outboxStatus(at.store).needsAttention).toBe(0);
});

test('what was to end a stuck mutation and is refused ends nothing: the next one does, whatever is on its way', () => {
  const orderId = place();
  const elsewhere = uuidV7(at.platform.now(), at.platform.randomBytes(10)) as MutationBody['id'];
  const db = new SqliteDatabase(at.file);
  db.prepare('update outbox set depends_on = ?').run(JSON.stringify([elsewhere]));
  db.close();
  const [stuck] = offer(({ id }) => ({ id, outcome: 'held', missing: [elsewhere] }));
  at.desk.orders.amend({ orderId, ...given(2) }, 'en');
  const refused = nextBatch(at.store, at.platform.now()).at(-1);
  if (!stuck || !refused) throw new Error('nothing was due');
  // Offered again at the line's return: on its way, and as stuck as before.
  reofferSent(at.store);
  markSent(at.store, [stuck.id], at.platform.now());
  const page = new ModelCentral(at.catalogue).pull('', at.platform.now());
  const row = receiptOf({ mutationId: refused.id, bodyHash: refused.bodyHash, lane: `order:${orderId}` });
  const change = { scope: deviceScope(seededId(20, 0)), kind: 'receipt' as const, key: refused.id, rev: 1, row };
  applyPage(at.store, { ...page, changes: [{ ...change, op: 'put' }] });
  expect(at.desk.attention.list('en')).toMatchObject([{ orderId, mutationId: refused.id, sync: 'refused' }]);
  at.desk.orders.cancel({ orderId, reason: 'given up' }, 'en');
  const next = JSON.parse(nextBatch(at.store, at.platform.now()).at(-1)?.body ?? '') as MutationBody;
  expect(next.dependsOn).toEqual([refused.id]);
  expect(next.supersedes).toEqual([{ id: stuck.id, bodyHash: stuck.bodyHash }]);
  expect(outboxStatus(at.store).needsAttention).toBe(0);
});

test('an order that waits for its own earlier change on the way waits, and wants nobody', () => {
  const orderId = place();
  at.desk.orders.amend({ orderId, ...given(2) }, 'en');
  offer((body) => (body.name === 'order.place' ? { id: body.id, outcome: 'applied', issues: [] } : held(body)));
  expect(sync(orderId)).toBe('held');
  expect(at.desk.attention.list('en')).toEqual([]);
  at.desk.orders.amend({ orderId, ...given(3) }, 'en');
  const body = JSON.parse(nextBatch(at.store, at.platform.now()).at(-1)?.body ?? '') as MutationBody;
  expect(body.supersedes).toBeUndefined();
  expect(body.dependsOn).toHaveLength(2);
});

test('what the way has garbled is offered again, and a person hears of it when it goes on', () => {
  place();
  const garbled = ({ id }: MutationBody): PushOutcome => ({ id, outcome: 'unauthentic', reason: 'hash' });
  for (let offers = 1; offers < 5; offers += 1) {
    expect(offer(garbled)).toHaveLength(1);
    expect(outboxStatus(at.store).needsAttention).toBe(0);
    reofferSent(at.store);
  }
  offer(garbled);
  expect(at.desk.attention.list('en')).toMatchObject([{ sync: 'quarantined' }]);
});

test('the outbox leaves as a file with every byte, a damaged one too, and stays as it is', () => {
  const [first, second] = [place(), place()];
  const db = new SqliteDatabase(at.file);
  const broken = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
  db.prepare('update outbox set body = cast(? as text) where lane = ?').run(broken, `order:${second}`);
  db.close();
  const desk = at.identity.desk();
  if (!desk) throw new Error('not enrolled');
  const before = at.desk.queue('en');
  const write = (mutationIds?: string[]) =>
    ordersOutSchema.parse(ordersOut(at.store, { desk, nowMs: at.platform.now(), mutationIds }));
  const out = write();
  expect(out.entries.map(({ lane }) => lane)).toEqual([`order:${first}`, `order:${second}`]);
  const [whole, damaged] = out.entries;
  expect(JSON.parse(whole?.body ?? '')).toMatchObject({ id: whole?.id, name: 'order.place' });
  expect(damaged).toMatchObject({ body: null, bytes: broken.toString('base64') });
  expect(at.desk.queue('en')).toEqual(before);
  expect(write([damaged?.id ?? '']).entries).toHaveLength(1);
});

test('a manager approves what somebody may no longer sign: to the letter, and no price that nobody has seen', () => {
  const orderId = place();
  const central = new ModelCentral(at.catalogue);
  central.refuseWith = errorIssue('user.sessionInvalid', []);
  const batch = nextBatch(at.store, at.platform.now());
  central.push(batch, at.platform.now());
  applyPage(at.store, central.pull('', at.platform.now()));
  expect(sync(orderId)).toBe('refused');
  expect(() => at.desk.orders.approve({ orderId: place() }, 'en')).toThrow('NOT_FOUND');
  at.identity.signIn('clerk');
  expect(() => at.desk.orders.approve({ orderId }, 'en')).toThrow('NOT_ALLOWED');
  at.identity.signIn('manager');
  const prices = at.catalogue.prices.filter(({ productId }) => productId === at.catalogue.products[0]?.productId);
  const pricesAt = (rev: number, more: number): void => {
    const changes = prices.map((price) => ({
      scope: CATALOGUE_SCOPE,
      kind: 'price' as const,
      key: price.priceId,
      rev,
      op: 'put' as const,
      row: { ...price, unitPrice: price.unitPrice + more },
    }));
    applyPage(at.store, { ...central.pull('', at.platform.now()), changes });
  };
  pricesAt(2, 100);
  expect(() => at.desk.orders.approve({ orderId }, 'en')).toThrow('INPUT');
  pricesAt(3, 0);
  at.desk.orders.approve({ orderId }, 'en');
  const refused = JSON.parse(batch[0]?.body ?? '') as { args: { lines: unknown } };
  const approval = JSON.parse(nextBatch(at.store, at.platform.now()).at(-1)?.body ?? '') as MutationBody;
  expect(approval).toMatchObject({
    name: 'order.amend',
    dependsOn: [batch[0]?.id],
    args: { lines: refused.args.lines },
  });
});
