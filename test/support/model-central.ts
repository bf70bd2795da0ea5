/**
 * A model of central for tests of the desk's engine alone: the shared rulebook on rows in memory, its answers as pages
 * of a feed. It knows nothing of transactions, scopes or people; the real one is tested with the desk in
 * test/integration.
 */
import { branchScope, deviceScope, ordersScope } from '../../src-shared/protocol/scope.ts';
import type { MutationId, OrderId } from '../../src-shared/domain/ids.ts';
import { NO_CREDIT } from '../../src-shared/domain/credit-fixtures.ts';
import { errorIssue, type Issue } from '../../src-shared/domain/issue.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import type { OrderFacts } from '../../src-shared/domain/order-facts.ts';
import { DEFAULT_MANUAL_PRICES } from '../../src-shared/domain/policy.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import { stockMoves } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { DEFAULT_REVIEWS } from '../../src-shared/domain/lifecycle/reviews.ts';
import { judgeMutation, type Verdict } from '../../src-shared/mutations/judge.ts';
import { readIntent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import type { Change, PullResponse } from '../../src-shared/protocol/change.ts';
import type { MutationBody, PushedMutation } from '../../src-shared/protocol/mutation.ts';
import type { PushOutcome, Receipt } from '../../src-shared/protocol/receipt.ts';
import { EPOCH } from './desk-fixture.ts';
import type { Catalogue } from './seeded-catalogue.ts';

interface Kept<Row> {
  row: Row;
  rev: number;
}

export class ModelCentral {
  readonly orders = new Map<string, Kept<Order>>();
  readonly stock = new Map<string, Kept<Stock>>();
  readonly receipts = new Map<string, Kept<Receipt>>();
  readonly feed: Change[][] = [];
  /** Set to refuse the next mutations for this reason, whatever the rules say. */
  refuseWith: Issue | undefined;
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    for (const row of catalogue.stock) this.stock.set(row.productId, { row, rev: 1 });
  }

  push(mutations: readonly PushedMutation[], nowMs: number): PushOutcome[] {
    return mutations.map((mutation) => this.#judge(mutation, nowMs));
  }

  /** The page after a cursor that is the number of transactions already seen. */
  pull(cursor: string, nowMs: number, transactions = Infinity): PullResponse {
    const from = /^\d+$/.test(cursor) ? Number(cursor) : 0;
    const to = Math.min(this.feed.length, from + transactions);
    const changes = this.feed.slice(from, to).flat();
    return { epoch: EPOCH, now: nowMs, changes, cursor: String(to), more: to < this.feed.length };
  }

  /** Changes stock as a delivery or another branch would. */
  setOnHand(productId: string, onHand: number): void {
    const kept = this.#stockOf(productId);
    this.#commit([this.#putStock({ ...kept.row, onHand })]);
  }

  /** Another desk changes an order's note. */
  touchOrder(orderId: string): void {
    const kept = this.orders.get(orderId);
    if (kept) this.#commit([this.#putOrder({ ...kept.row, note: `${kept.row.note}!`, version: kept.row.version + 1 })]);
  }

  #judge(pushed: PushedMutation, nowMs: number): PushOutcome {
    const { id } = pushed;
    const known = this.receipts.get(id)?.row;
    if (known) return { id, outcome: known.verdict, issues: known.issues };
    const body = JSON.parse(pushed.body) as MutationBody;
    const missing = body.dependsOn.filter((needed) => !this.receipts.has(needed));
    if (missing.length > 0) return { id, outcome: 'held', missing };
    const read = readIntent(body.name, body.schemaVersion, body.args);
    if (!read.ok) return { id, outcome: 'unreadable', reason: read.reason };
    const current = this.orders.get(read.intent.args.orderId)?.row;
    const verdict = this.#verdict(read.intent, { current, body, nowMs });
    this.#commit([
      ...(verdict.verdict === 'applied' ? this.#effect(current, verdict.order, body) : []),
      this.#putReceipt({
        mutationId: id,
        lane: body.lane,
        name: body.name,
        verdict: verdict.verdict,
        issues: verdict.issues,
        supersededBy: null,
        bodyHash: pushed.bodyHash,
        judgedAt: nowMs,
      }),
    ]);
    return { id, outcome: verdict.verdict, issues: verdict.issues };
  }

  #verdict(
    intent: MutationIntent,
    { current, body, nowMs }: { current: Order | undefined; body: MutationBody; nowMs: number },
  ): Verdict {
    if (this.refuseWith) return { verdict: 'refused', issues: [this.refuseWith] };
    const applied = body.dependsOn.filter((id) => this.receipts.get(id)?.row.verdict === 'applied').length;
    const { branch, lists } = this.#catalogue;
    return judgeMutation(
      intent,
      {
        current,
        dependenciesApplied: applied,
        branch,
        incarnationCode: '7K',
        currency: lists[0]?.currency ?? 'CNY',
        facts: this.#facts(),
        role: 'admin',
        shortage: 'error',
      },
      {
        mutationId: body.id,
        userId: body.sessionId as never,
        userName: 'central',
        deviceId: body.incarnationId as never,
        deviceName: 'central',
        at: nowMs,
        madeAt: body.madeAt,
      },
    );
  }

  #effect(before: Order | undefined, after: Order, body: MutationBody): Change[] {
    const changes: Change[] = [this.#putOrder(after)];
    for (const [productId, { allocated, onHand }] of stockMoves(before, after)) {
      const { row } = this.#stockOf(productId);
      changes.push(this.#putStock({ ...row, onHand: row.onHand + onHand, allocated: row.allocated + allocated }));
    }
    for (const superseded of body.dependsOn) {
      const kept = this.receipts.get(superseded);
      if (kept?.row.verdict === 'refused') changes.push(this.#putReceipt({ ...kept.row, supersededBy: body.id }));
    }
    return changes;
  }

  #commit(changes: Change[]): void {
    this.feed.push(changes);
  }

  #stockOf(productId: string): Kept<Stock> {
    const kept = this.stock.get(productId);
    if (!kept) throw new Error(`model: no stock of ${productId}`);
    return kept;
  }

  #putStock(row: Stock): Change {
    const rev = this.#stockOf(row.productId).rev + 1;
    this.stock.set(row.productId, { row, rev });
    return {
      scope: branchScope(this.#catalogue.branch.branchId),
      kind: 'stock',
      op: 'put',
      key: `${row.warehouseId}/${row.productId}`,
      rev,
      row,
    };
  }

  #putOrder(row: Order): Change {
    const rev = (this.orders.get(row.orderId)?.rev ?? 0) + 1;
    this.orders.set(row.orderId, { row, rev });
    return {
      scope: ordersScope(row.branchId, row.businessDate),
      kind: 'order',
      op: 'put',
      key: row.orderId satisfies OrderId,
      rev,
      row,
    };
  }

  #putReceipt(row: Receipt): Change {
    const rev = (this.receipts.get(row.mutationId)?.rev ?? 0) + 1;
    this.receipts.set(row.mutationId, { row, rev });
    return {
      scope: deviceScope('00000000-0000-4000-8000-000000000020'),
      kind: 'receipt',
      op: 'put',
      key: row.mutationId satisfies MutationId,
      rev,
      row,
    };
  }

  #facts(): OrderFacts {
    const { customers, products, prices, lists } = this.#catalogue;
    return {
      customer: (id) => customers.find((row) => row.customerId === id),
      product: (id) => products.find((row) => row.productId === id),
      prices: (productId) =>
        prices
          .filter((row) => row.productId === productId)
          .map(({ priceId, unit, unitPrice, validFrom, validTo }) => {
            const currency = lists[0]?.currency ?? 'CNY';
            const of = 'base' as const;
            return { priceId, unit, unitPrice, validFrom, validTo, rev: 1, currency, of, taxIncluded: false };
          }),
      promotions: () => [],
      manualPrices: () => DEFAULT_MANUAL_PRICES,
      ...NO_CREDIT,
      reviews: () => DEFAULT_REVIEWS,
      available: (productId) => {
        const kept = this.stock.get(productId);
        return kept ? kept.row.onHand - kept.row.allocated : 0;
      },
    };
  }
}

/** A reason to refuse that no rule gives by itself. */
export const REFUSED_BY_HAND = errorIssue('user.notAllowed', ['orderId']);
