/** The outbox: what goes when, and that nothing leaves it but by a receipt. */
import { deviceScope } from '../../src-shared/protocol/scope.ts';
import { hash } from 'node:crypto';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, RESEND_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import type { PushOutcome, Receipt } from '../../src-shared/protocol/receipt.ts';
import { applyPage } from '../replica/apply-page.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { enqueue } from './enqueue.ts';
import { orderLane } from './lane.ts';
import { cutBatch, nextBatch } from './next-batch.ts';
import { outboxStatus } from './outbox-status.ts';
import { markSent, noteOutcomes, reofferSent } from './sending.ts';

let at: DeskFixture;
let rev: number;

beforeEach(() => {
  at = deskFixture({ products: 3, customers: 1 });
  rev = 0;
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

function batch() {
  return nextBatch(at.store, at.platform.now());
}

function send(): string[] {
  const ids = batch().map((mutation) => mutation.id);
  markSent(at.store, ids, at.platform.now());
  return ids;
}

function states(): string[] {
  return at.desk.queue('en').map((entry) => entry.state);
}

function receive(of: Partial<Omit<Receipt, 'mutationId'>> & { mutationId: string }): void {
  rev += 1;
  const entry = at.desk.queue('en').find((candidate) => candidate.mutationId === of.mutationId);
  const bodyHash = batchHash(of.mutationId);
  const row = {
    lane: `order:${entry?.orderId ?? ''}`,
    name: 'order.place',
    verdict: 'applied',
    issues: [],
    supersededBy: null,
    bodyHash,
    judgedAt: 1,
    ...of,
  } as unknown as Receipt;
  applyPage(at.store, {
    epoch: EPOCH,
    now: at.platform.now(),
    cursor: `r${rev}`,
    more: false,
    changes: [
      {
        scope: deviceScope('00000000-0000-4000-8000-000000000020'),
        kind: 'receipt',
        op: 'put',
        key: row.mutationId,
        rev,
        row,
      },
    ],
  });
}

function batchHash(mutationId: string): string {
  const sqlite = new SqliteDatabase(at.file, { readonly: true });
  const found = sqlite
    .prepare<[string], { body_hash: string }>('select body_hash from outbox where mutation_id = ?')
    .get(mutationId);
  sqlite.close();
  return found?.body_hash ?? 'unknown';
}

describe('what goes next', () => {
  test('is everything that was never sent, in the order it was written, so no lane is overtaken', () => {
    const [a, b] = [place(), place()];
    at.desk.orders.amend({ orderId: a, ...given(2) }, 'en');
    at.desk.orders.cancel({ orderId: b, reason: '' }, 'en');
    at.desk.orders.amend({ orderId: a, ...given(3) }, 'en');
    const sent = batch();
    expect(sent.map((mutation) => mutation.seq)).toEqual([1, 2, 3, 4, 5]);
    const lanes = sent.map((mutation) => (JSON.parse(mutation.body) as { lane: string }).lane);
    expect(lanes.filter((lane) => lane === `order:${a}`)).toHaveLength(3);
  });

  test('is at most a push full, the oldest first; the rest goes with the next', () => {
    for (let n = 0; n < MAX_PUSH_MUTATIONS + 3; n += 1) place();
    expect(send()).toHaveLength(MAX_PUSH_MUTATIONS);
    expect(send()).toHaveLength(3);
    expect(send()).toHaveLength(0);
  });

  test('is cut before it grows past what a push may weigh', () => {
    at.store.transaction((tx) => {
      for (let n = 0; n < 10; n += 1) {
        const body = JSON.stringify({ note: `${n}${'"'.repeat(500_000)}` });
        enqueue(at.store, tx, {
          mutationId: at.newOrderId(),
          lane: `order:${n}`,
          name: 'order.place',
          body,
          bodyHash: hash('sha256', body),
          signature: '',
          dependsOn: '[]',
          answer: '{}',
          effect: '{}',
          madeAt: 0,
        });
      }
    });
    const sent = batch();
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.length).toBeLessThan(10);
    expect(Buffer.byteLength(JSON.stringify({ mutations: sent }))).toBeLessThan(MAX_PUSH_BYTES);
  });

  test('is what was sent without a receipt once it is due again, also after the clock was set back', () => {
    place();
    const [id] = send();
    expect(batch()).toEqual([]);
    at.platform.advance(RESEND_AFTER_MS);
    expect(batch().map((mutation) => mutation.id)).toEqual([id]);
    send();
    at.platform.advance(-86_400_000);
    expect(batch().map((mutation) => mutation.id)).toEqual([id]);
  });

  test('ends before a mutation of a lane of which one is on its way, for it must not arrive first', () => {
    const orders = [place(), place()];
    const first = cutBatch(at.store, at.platform.now(), { most: { mutations: 1, bytes: MAX_PUSH_BYTES } });
    expect(first).toMatchObject({ mutations: [{ seq: 1 }], isCut: true });
    markSent(
      at.store,
      first.mutations.map(({ id }) => id),
      at.platform.now(),
    );
    const third = place();
    at.desk.orders.amend({ orderId: orders[0] ?? '', lines: given(2).lines }, 'en');
    place();
    const next = cutBatch(at.store, at.platform.now(), { busyLanes: first.lanes });
    expect(next.mutations.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(next).toMatchObject({ isCut: true, lanes: new Set([orderLane(orders[1] ?? ''), orderLane(third)]) });
  });

  test('is, at a start, everything without a receipt at once', () => {
    place();
    const [id] = send();
    at.reopen();
    expect(batch()).toEqual([]);
    reofferSent(at.store);
    expect(batch().map((mutation) => mutation.id)).toEqual([id]);
  });

  test('is, when the line is back, what was sent before, at once, and not what has gone over it since', () => {
    place();
    const [before] = send();
    const backAt = at.platform.now();
    at.platform.advance(1);
    place();
    const [since] = send();
    reofferSent(at.store, { sentUpTo: backAt, nowMs: at.platform.now() });
    expect(batch().map((mutation) => mutation.id)).toEqual([before]);
    // A clock that was set back: when it was sent can't be told.
    reofferSent(at.store, { sentUpTo: backAt, nowMs: backAt });
    expect(batch().map((mutation) => mutation.id)).toEqual([before, since]);
  });

  test('is never a body that is no longer the one that was signed: it is kept and shown', () => {
    const [bad, good] = [place(), place()];
    const sqlite = new SqliteDatabase(at.file);
    sqlite.prepare('update outbox set body = replace(body, ?, ?) where lane = ?').run('piece', 'pie', `order:${bad}`);
    sqlite.close();
    expect(batch()).toHaveLength(1);
    expect(states()).toEqual(['quarantined', 'waiting']);
    expect(at.desk.attention.list('en')).toMatchObject([{ orderId: bad, sync: 'quarantined' }]);
    expect(at.desk.orders.get(good, 'en').sync).toBe('waiting');
  });
});

describe('an answer to a push', () => {
  test('that says applied or refused ends nothing', () => {
    place();
    place();
    const [first = '', second = ''] = send();
    noteOutcomes(
      at.store,
      [
        { id: first, outcome: 'applied', issues: [] },
        { id: second, outcome: 'refused', issues: [] },
      ] as unknown as PushOutcome[],
      at.platform.now(),
    );
    expect(states()).toEqual(['sent', 'sent']);
    expect(outboxStatus(at.store).waiting).toBe(2);
  });

  test.each([
    ['held', { outcome: 'held', missing: [] }, 'held'],
    ['unreadable', { outcome: 'unreadable', reason: 'name' }, 'quarantined'],
    ['unauthentic', { outcome: 'unauthentic', reason: 'key' }, 'quarantined'],
    ['mismatch', { outcome: 'mismatch', knownHash: 'x' }, 'quarantined'],
  ])('of %s is noted with its reason', (_title, outcome, state) => {
    place();
    const [id] = send();
    noteOutcomes(at.store, [{ id, ...outcome } as unknown as PushOutcome], at.platform.now());
    const [entry] = at.desk.queue('en');
    expect(entry).toMatchObject({ state, reason: expect.any(String) });
    expect(at.desk.orders.get(entry?.orderId ?? '', 'en').sync).toBe(state);
  });

  test('that could not read it is asked again at the next start; a known id with other content is not', () => {
    place();
    place();
    const [first = '', second = ''] = send();
    noteOutcomes(
      at.store,
      [
        { id: first, outcome: 'unreadable', reason: 'version' },
        { id: second, outcome: 'mismatch', knownHash: 'x' },
      ] as unknown as PushOutcome[],
      at.platform.now(),
    );
    reofferSent(at.store);
    expect(states()).toEqual(['waiting', 'quarantined']);
  });
});

describe('a receipt', () => {
  test('of another mutation changes nothing', () => {
    place();
    receive({ mutationId: at.newOrderId(), bodyHash: 'other' });
    expect(states()).toEqual(['waiting']);
  });

  test('for another body stops the mutation and loses nothing', () => {
    const orderId = place();
    const [mutationId = ''] = send();
    receive({ mutationId, bodyHash: 'f'.repeat(64) });
    expect(states()).toEqual(['quarantined']);
    expect(outboxStatus(at.store).needsAttention).toBe(1);
    expect(at.desk.orders.get(orderId, 'en').lines).toHaveLength(1);
  });

  test('makes what was held due at once', () => {
    const orderId = place();
    at.desk.orders.amend({ orderId, ...given(2) }, 'en');
    const [first = '', second = ''] = send();
    noteOutcomes(
      at.store,
      [{ id: second, outcome: 'held', missing: [first] }] as unknown as PushOutcome[],
      at.platform.now(),
    );
    expect(batch()).toEqual([]);
    receive({ mutationId: first });
    expect(batch().map((mutation) => mutation.id)).toEqual([second]);
  });

  test('that comes twice settles once', () => {
    place();
    const [mutationId = ''] = send();
    const bodyHash = batchHash(mutationId);
    receive({ mutationId, bodyHash });
    receive({ mutationId, bodyHash });
    expect(states()).toEqual([]);
    const sqlite = new SqliteDatabase(at.file, { readonly: true });
    expect(sqlite.prepare('select outcome, count(*) n from journal').get()).toEqual({ outcome: 'applied', n: 1 });
    expect(sqlite.prepare('select count(*) from reservation').pluck().get()).toBe(0);
    sqlite.close();
  });
});
