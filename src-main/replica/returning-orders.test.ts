/** Central's database was set back and has lost an order: what its desk shows of it until it is back. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mutationId as mutationIdOf, orderId as orderIdOf } from '../../src-shared/domain/ids.ts';
import { errorIssue } from '../../src-shared/domain/issue.ts';
import type { Change } from '../../src-shared/protocol/change.ts';
import { branchScope, CATALOGUE_SCOPE, deviceScope, ordersScope, type Scope } from '../../src-shared/protocol/scope.ts';
import { deskFixture, EPOCH, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import { markKnown } from '../outbox/journal.ts';
import { nextBatch } from '../outbox/next-batch.ts';
import { applyPage } from './apply-page.ts';
import { beginAnew } from './begin-anew.ts';
import { addPart, advancePart, filledScopes } from './filling.ts';
import { rowWriters } from './row-writers.ts';
import { dropLeavingSlice, findScope, heldScopes } from './scopes.ts';

const OWN = deviceScope('00000000-0000-4000-8000-000000000020');
const NEXT_EPOCH = 'epoch-2';

let at: DeskFixture;
let central: ModelCentral;
beforeEach(() => {
  at = deskFixture({ products: 8, customers: 3 });
  central = new ModelCentral(at.catalogue);
});
afterEach(() => at.dispose());

function apply(changes: readonly Change[], epoch = EPOCH): void {
  const page = { epoch, now: at.platform.now(), changes: [...changes], cursor: 'next', more: false };
  applyPage(at.store, page, filledScopes(at.store));
  while (dropLeavingSlice(at.store));
}

const order = (note: string) => ({
  orderId: at.newOrderId(),
  customerId: at.catalogue.customers[0]?.customerId ?? '',
  note,
  lines: [{ productId: at.catalogue.products[0]?.productId ?? '', unit: 'case', quantity: 1 }],
});

/** Sends what waits and takes in all that came of it; @returns that. */
function settle(): Change[] {
  const before = central.feed.length;
  central.push(nextBatch(at.store, at.platform.now()), at.platform.now());
  const { changes } = central.pull(String(before), at.platform.now());
  apply(changes);
  return changes;
}

/** Every scope is filled, with nothing in the months: central has forgotten this desk's orders. */
function refill(brought: readonly Change[] = []): void {
  at.store.transaction((tx) => {
    beginAnew(at.store, tx);
    for (const change of brought) {
      if (change.kind !== 'receipt' || change.op !== 'put') continue;
      const scopeId = findScope(at.store, OWN)?.scopeId ?? 0;
      rowWriters(at.store).receipt.put(tx, change.row, { rev: change.rev, scopeId });
      // The desk has asked which receipts central still has; not what they say.
      markKnown(at.store, tx, { ids: [change.key], epoch: NEXT_EPOCH, now: at.platform.now() });
    }
    for (const { scopeId, state } of heldScopes(at.store)) {
      if (state !== 'filling') continue;
      const part = { scopeId, kind: 'order' } as const;
      addPart(at.store, tx, { ...part, place: 1, ofRows: 0 });
      advancePart(at.store, tx, { ...part, after: '', rows: 0, done: true });
    }
  });
  apply(
    [CATALOGUE_SCOPE, branchScope(at.catalogue.branch.branchId), OWN, month()].map((scope) => ({
      scope: OWN,
      kind: 'grant',
      op: 'put',
      key: scope,
      rev: 1,
      row: { scope },
    })),
    NEXT_EPOCH,
  );
}

function month(): Scope {
  const { branchId } = at.catalogue.branch;
  return ordersScope(branchId, new Date(at.platform.now()).toISOString());
}

const shown = (): string[] => at.desk.orders.list({ offset: 0, limit: 9 }).rows.map(({ orderId }) => orderId);

test('an order that only its desk still has stays in the list over the refill, and once when it is back', () => {
  const { orderId } = at.desk.orders.place(order('one'), 'en');
  const settled = settle();
  refill();
  expect(findScope(at.store, month())?.state).toBe('joined');
  expect(shown()).toEqual([orderId]);
  apply(settled, NEXT_EPOCH);
  expect(shown()).toEqual([orderId]);
  expect(new Set(heldScopes(at.store).map(({ state }) => state))).toEqual(new Set(['joined']));
});

test('over a second refill, too, begun before it was back', () => {
  const { orderId } = at.desk.orders.place(order('one'), 'en');
  settle();
  refill();
  refill();
  expect(shown()).toEqual([orderId]);
});

test('an order of somebody else that central has lost leaves with the refill; one that is judged otherwise then', () => {
  const { orderId } = at.desk.orders.place(order('one'), 'en');
  const settled = settle();
  const [theirs] = settled.flatMap((change) => (change.kind === 'order' && change.op === 'put' ? [change] : []));
  if (!theirs) throw new Error('nothing was settled');
  const key = orderIdOf.parse(at.newOrderId());
  apply([{ ...theirs, key, row: { ...theirs.row, orderId: key, number: 'PD-01-000009-XX' } }]);
  expect(shown()).toHaveLength(2);
  refill();
  expect(shown()).toEqual([orderId]);
  const refused = settled.flatMap((change): Change[] => {
    if (change.kind !== 'receipt' || change.op !== 'put') return [];
    return [{ ...change, row: { ...change.row, verdict: 'refused' } }];
  });
  apply(refused, NEXT_EPOCH);
  // From now on it is the desk's own, for a person to deal with.
  expect(at.desk.orders.list({ offset: 0, limit: 9 }).rows).toMatchObject([{ orderId, sync: 'refused' }]);
  expect(new Set(heldScopes(at.store).map(({ state }) => state))).toEqual(new Set(['joined']));
});

test('a refusal that another file had mended, and central has forgotten that it was, wants a person here again', () => {
  const { orderId: other } = at.desk.orders.place(order('none'), 'en');
  settle();
  const { orderId } = at.desk.orders.place(order('one'), 'en');
  central.refuseWith = errorIssue('order.noLines', ['lines']);
  const refused = settle();
  const mended = refused.flatMap((change): Change[] => {
    if (change.kind !== 'receipt' || change.op !== 'put') return [];
    return [
      { ...change, rev: change.rev + 1, row: { ...change.row, supersededBy: mutationIdOf.parse(at.newOrderId()) } },
    ];
  });
  apply(mended);
  expect(shown()).toEqual([other]);
  refill(refused);
  expect(shown()).toHaveLength(2);
  expect(at.desk.orders.get(orderId, 'en').sync).toBe('refused');
});

test('what was refused and mended, and is judged anew as applied, is applied here too', () => {
  at.desk.orders.place(order('none'), 'en');
  settle();
  at.desk.orders.place(order('one'), 'en');
  central.refuseWith = errorIssue('order.noLines', ['lines']);
  const brought = settle().flatMap((change): Change[] => {
    if (change.kind !== 'receipt' || change.op !== 'put') return [];
    const supersededBy = mutationIdOf.parse(at.newOrderId());
    apply([{ ...change, rev: change.rev + 1, row: { ...change.row, supersededBy } }]);
    return [{ ...change, row: { ...change.row, verdict: 'applied', issues: [] } }];
  });
  const journalOutcome = at.store.query<{ id: string }, { outcome: string }>((db, p) =>
    db.selectFrom('journal').select('outcome').where('mutation_id', '=', p.id),
  );
  const outcome = (): string | undefined => journalOutcome.get({ id: brought[0]?.key ?? '' })?.outcome;
  expect(outcome()).toBe('superseded');
  refill(brought);
  expect(outcome()).toBe('applied');
});
