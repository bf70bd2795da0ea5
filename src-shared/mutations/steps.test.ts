// Goal: whatever is done with an order in whatever order, goods are never set aside or given out that are not there, no
// version is lost, what comes back is worth what was paid, and nobody owes more than they may unseen. Method: random walks over all mutations of one order,
// judged as central judges them, on a warehouse that is kept by the moves they report.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  BranchId,
  CustomerId,
  DeviceId,
  MutationId,
  OrderId,
  ProductId,
  UserId,
  WarehouseId,
} from '../domain/ids.ts';
import type { Account } from '../domain/account.ts';
import { claimOf, openMinor, withClaim } from '../domain/credit.ts';
import { DEFAULT_CREDIT } from '../domain/credit-rules.ts';
import type { CreditTerms } from '../domain/customer.ts';
import { lineAllocatedBase, lineOpenBase, lineReturnableBase, stockMoves } from '../domain/lifecycle/fulfilment.ts';
import { barredFrom, ORDER_ACTIONS } from '../domain/lifecycle/order-actions.ts';
import { stateOf } from '../domain/lifecycle/order-state.ts';
import { DEFAULT_REVIEWS, type ReviewPolicy } from '../domain/lifecycle/reviews.ts';
import type { Order } from '../domain/order.ts';
import type { OrderFacts } from '../domain/order-facts.ts';
import { formatOrderNumber } from '../domain/order-number.ts';
import { statementOf } from '../domain/statement.ts';
import { invoiceLinesOf } from '../domain/tax-invoice.ts';
import { lineGrossMinor } from '../domain/order-totals.ts';
import { DEFAULT_MANUAL_PRICES } from '../domain/policy.ts';
import { listPrice, productFacts } from '../domain/pricing/pricing-fixtures.ts';
import type { Role } from '../domain/role.ts';
import type { Actor } from './actor.ts';
import { judgeMutation, type Verdict } from './judge.ts';
import type { MovedLines } from './order-steps.ts';
import { paidIn } from '../domain/payments.ts';
import { isContent, MUTATIONS, type MutationIntent } from './registry.ts';

const HEAD = {
  orderId: 'order' as OrderId,
  number: formatOrderNumber({ branchCode: 'PD', incarnationCode: '7K', running: 1 }),
  branchId: 'branch' as BranchId,
  warehouseId: 'warehouse' as WarehouseId,
  customerId: 'customer' as CustomerId,
  businessDate: '2026-06-15',
};
const PRODUCTS = ['tea', 'rice'] as ProductId[];
const ON_HAND = 10_000;

type Owing = Pick<Account, 'currency' | 'due' | 'onOrderMinor'>;

/** One order, the warehouse that it is delivered from, and its customer's account. */
class House {
  order: Order | undefined;
  readonly stock = new Map(PRODUCTS.map((product) => [product, { onHand: ON_HAND, allocated: 0 }]));
  readonly reviews: ReviewPolicy;
  readonly terms: CreditTerms | undefined;
  account: Owing = { currency: 'CNY', onOrderMinor: 0, due: [] };

  constructor(reviews: ReviewPolicy = DEFAULT_REVIEWS, terms?: CreditTerms) {
    this.reviews = reviews;
    this.terms = terms;
  }

  do(intent: MutationIntent, { role = 'manager', user = 'u1' }: { role?: Role; user?: string } = {}): Verdict {
    const verdict = judgeMutation(
      intent,
      {
        current: this.order,
        dependenciesApplied: 0,
        branch: { branchId: HEAD.branchId, code: 'PD', warehouseId: HEAD.warehouseId, timeZone: 'Asia/Shanghai' },
        incarnationCode: '7K',
        currency: 'CNY',
        facts: this.#facts(),
        role,
        shortage: 'error',
      },
      { ...actor(user), mutationId: this.madeBy(this.version + 1) },
    );
    if (verdict.verdict === 'refused') return verdict;
    for (const [product, { allocated, onHand }] of stockMoves(this.order, verdict.order)) {
      const stock = this.stock.get(product);
      if (!stock) throw new Error(`no stock of ${product}`);
      stock.allocated += allocated;
      stock.onHand += onHand;
    }
    this.account = owing(this.account, this.order, verdict.order);
    this.order = verdict.order;
    return verdict;
  }

  get version(): number {
    return this.order?.version ?? 0;
  }

  /** What made that version. */
  madeBy(version: number): MutationId {
    return `mutation ${version}` as MutationId;
  }

  head() {
    return { ...HEAD, baseVersion: this.version };
  }

  place(quantities: readonly number[], { approval, ...more }: { backorder?: true; approval?: true } = {}): Verdict {
    const args = { ...HEAD, note: '', ...(approval ? { approval } : {}), lines: asked(quantities, more) };
    return this.do({ name: 'order.place', args });
  }

  ship(moved: MovedLines): Verdict {
    return this.do({ name: 'order.ship', args: { ...this.head(), moved, tracking: null } });
  }

  #facts(): OrderFacts {
    return {
      customer: (customerId) => ({ customerId, branchId: HEAD.branchId, active: true, terms: this.terms }),
      product: (id) => productFacts(id, { taxBasisPoints: 1_300 }),
      prices: () => [listPrice({ unitPrice: 33_333 })],
      promotions: () => [],
      manualPrices: () => DEFAULT_MANUAL_PRICES,
      credit: () => this.terms && { terms: this.terms, account: this.account },
      creditPolicy: () => DEFAULT_CREDIT,
      reviews: () => this.reviews,
      available: (product) => {
        const stock = this.stock.get(product);
        return stock ? stock.onHand - stock.allocated : 0;
      },
    };
  }
}

function owing(account: Owing, before: Order | undefined, after: Order): Owing {
  const [less, more] = [before && claimOf(before), claimOf(after)];
  const onOrderMinor = account.onOrderMinor + more.onOrderMinor - (less?.onOrderMinor ?? 0);
  return { ...account, onOrderMinor, due: withClaim(account.due, { less, more }) };
}

function actor(user: string): Actor {
  return {
    mutationId: 'mutation' as MutationId,
    userId: user as UserId,
    userName: user,
    deviceId: 'device' as DeviceId,
    deviceName: 'counter',
    at: 1,
    madeAt: 1,
  };
}

function asked(quantities: readonly number[], more: { backorder?: true } = {}) {
  return quantities.map((pieces, at) => ({
    productId: PRODUCTS[at % PRODUCTS.length] ?? ('tea' as ProductId),
    unit: 'piece',
    quantity: pieces * 1_000,
    quotedUnitPrice: 33_333,
    ...more,
  }));
}

function codes(verdict: Verdict): string[] {
  return verdict.issues.map(({ code }) => code);
}

const pieces = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 });
const moved = fc.array(
  fc.record({ line: fc.nat(3), quantityBase: fc.integer({ min: -1, max: 8 }).map((n) => n * 1_000) }),
  {
    maxLength: 3,
  },
);
const reason = fc.constantFrom('', 'because', 'x'.repeat(201));

type Step = (house: House) => MutationIntent;
const MONEY = { minor: 100, method: 'cash' as const, reference: 'R1', on: '2026-06-15' };
const oddStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(pieces, fc.boolean(), fc.boolean()).map(([of, wait, ask]): Step => (house) => {
    const lines = asked(of, wait ? { backorder: true } : {});
    return {
      name: house.order ? 'order.amend' : 'order.place',
      args: { ...house.head(), note: '', ...(ask ? { approval: true } : {}), lines },
    };
  }),
  fc.constantFrom('order' as const, 'finance' as const).map((review): Step => (house) => ({
    name: 'order.approve',
    args: { ...house.head(), review },
  })),
  fc
    .tuple(fc.constantFrom('order.reject' as const, 'order.hold' as const, 'order.closeRest' as const), reason)
    .map(([name, why]): Step => (house) => ({ name, args: { ...house.head(), reason: why } })),
  fc
    .constantFrom(
      'order.release' as const,
      'order.allocate' as const,
      'order.pick' as const,
      'order.receive' as const,
      'order.complete' as const,
      'order.letGo' as const,
    )
    .map((name): Step => (house) => ({ name, args: house.head() })),
  moved.map((of): Step => (house) => ({ name: 'order.ship', args: { ...house.head(), moved: of, tracking: null } })),
  fc
    .tuple(moved, reason, fc.boolean(), fc.option(fc.integer({ min: -5, max: 20_000 })))
    .map(([of, why, restock, creditMinor]): Step => (house) => ({
      name: 'order.return',
      args: { ...house.head(), moved: of, reason: why, restock, creditMinor },
    })),
  fc
    .tuple(fc.constantFrom('order.pay' as const, 'order.refund' as const), fc.integer({ min: 0, max: 9_000 }))
    .map(([name, minor]): Step => (house) => ({ name, args: { ...house.head(), ...MONEY, minor } })),
  fc.integer({ min: 1, max: 12 }).map((version): Step => (house) => ({
    name: 'order.voidPayment',
    args: { ...house.head(), ofPayment: house.madeBy(version), reason: 'typed twice' },
  })),
  fc.constant<Step>((house) => ({ name: 'order.cancel', args: { ...house.head(), reason: '' } })),
);

/** What somebody may do next, in words that fit: else a walk seldom gets beyond the warehouse. */
const likelyStep: fc.Arbitrary<Step> = fc.nat(1_000).map((n): Step => (house) => {
  const { order } = house;
  const head = { ...house.head(), reason: 'because' };
  if (!order) return { name: 'order.place', args: { ...HEAD, note: '', lines: asked([1, 2], { backorder: true }) } };
  const of = { state: stateOf(order), onHold: order.hold !== undefined };
  // Nobody wants to cancel what there are other things to do with.
  const actions = ORDER_ACTIONS.filter((each) => each !== 'cancel' && barredFrom(each, of, 'manager') === undefined);
  switch (actions[n % actions.length]) {
    case 'amend':
      return { name: 'order.amend', args: { ...house.head(), note: '', lines: asked([2, 3], { backorder: true }) } };
    case 'approveOrder':
      return { name: 'order.approve', args: { ...house.head(), review: 'order' } };
    case 'approveFinance':
      return { name: 'order.approve', args: { ...house.head(), review: 'finance' } };
    case 'reject':
      return { name: 'order.reject', args: head };
    case 'hold':
      return { name: 'order.hold', args: head };
    case 'release':
      return { name: 'order.release', args: house.head() };
    case 'allocate':
      return { name: 'order.allocate', args: house.head() };
    case 'pick':
      return { name: 'order.pick', args: house.head() };
    case 'ship':
      return { name: 'order.ship', args: { ...house.head(), moved: allOf(house).slice(n % 2), tracking: null } };
    case 'closeRest':
      return { name: 'order.closeRest', args: head };
    case 'receive':
      return { name: 'order.receive', args: house.head() };
    case 'complete':
      return { name: 'order.complete', args: house.head() };
    case 'return': {
      const back = { moved: onePieceOfEach(house), restock: n % 2 === 0, creditMinor: null };
      return { name: 'order.return', args: { ...head, ...back } };
    }
    case 'pay':
      // All that is open, to the unit, or a part of it.
      return {
        name: 'order.pay',
        args: { ...house.head(), ...MONEY, minor: Math.ceil(openMinor(order) / (1 + (n % 2))) },
      };
    case 'refund':
      return { name: 'order.refund', args: { ...house.head(), ...MONEY, minor: -openMinor(order) } };
    case 'voidPayment': {
      const ofPayment = house.madeBy(order.history.findLast(({ payment }) => payment)?.version ?? 1);
      return { name: 'order.voidPayment', args: { ...head, ofPayment } };
    }
    case 'letGo':
      return { name: 'order.letGo', args: house.head() };
    default:
      return { name: 'order.cancel', args: head };
  }
});

/** A piece of every line that has left. */
function onePieceOfEach({ order }: House): MovedLines {
  const left = order?.lines.flatMap((line, index) => (lineReturnableBase(line) > 0 ? [index] : [])) ?? [];
  return left.map((line) => ({ line, quantityBase: 1_000 }));
}

/** All that may leave. */
function allOf({ order }: House): MovedLines {
  const lines = order?.lines.map((line, index) => ({ line: index, quantityBase: lineAllocatedBase(line) })) ?? [];
  return lines.filter(({ quantityBase }) => quantityBase > 0);
}

const anyStep = fc.oneof(oddStep, likelyStep);

const policies = fc.constantFrom<ReviewPolicy>(
  DEFAULT_REVIEWS,
  { ...DEFAULT_REVIEWS, order: { ...DEFAULT_REVIEWS.order, fromMinor: 2_000 }, fourEyes: true },
  {
    order: { ...DEFAULT_REVIEWS.order, fromMinor: 0 },
    finance: { ...DEFAULT_REVIEWS.finance, fromMinor: 3_000 },
    fourEyes: false,
    financeRole: 'admin',
  },
);
const terms = fc.option(
  fc.record({ days: fc.constantFrom(0, 30), limitMinor: fc.constantFrom(null, 0, 2_000, 5_000) }),
  { nil: undefined },
);
const who = fc.record({
  role: fc.constantFrom<Role>('clerk', 'manager', 'admin'),
  user: fc.constantFrom('u1', 'u2'),
});

describe('any walk of an order', () => {
  it('gives out only what is there, keeps every version, and credits no more than was paid', () => {
    const applied = new Set<string>();
    fc.assert(
      fc.property(
        policies,
        terms,
        pieces,
        fc.array(fc.tuple(anyStep, who), { maxLength: 30 }),
        (policy, on, first, steps) => {
          const house = new House(policy, on);
          if (house.place(first, { backorder: true, approval: true }).verdict === 'applied') applied.add('order.place');
          for (const [step, by] of steps) {
            const before = house.order;
            const intent = step(house);
            const verdict = house.do(intent, by);
            if (verdict.verdict === 'refused') {
              expect(verdict.issues.length).toBeGreaterThan(0);
              // Something to do, or somebody to ask.
              for (const { repairs, params } of verdict.issues)
                expect(repairs.length > 0 || 'ask' in params).toBe(true);
              expect(house.order).toBe(before);
            } else {
              applied.add(intent.name);
              expect(verdict.order.version).toBe((before?.version ?? 0) + 1);
              if (isContent(intent)) checkCredit(house, before);
            }
            checkHouse(house);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    // A walk that gets nowhere proves nothing.
    expect([...applied].toSorted()).toEqual(Object.keys(MUTATIONS).toSorted());
  });
});

/** Nobody owes more than they may but where somebody looks at it, or has. */
function checkCredit({ order, terms: on }: House, before: Order | undefined): void {
  if (!order || on === undefined || on.limitMinor === null || openMinor(order) <= on.limitMinor) return;
  const granted = before && !isUnderReview(before) ? before.totalMinor : 0;
  if (order.totalMinor > granted) expect(isUnderReview(order)).toBe(true);
}

/** What the customer is told, and what an invoicing program takes, come to what the account says. */
function checkBooks(order: Order): void {
  const always = { from: '1970-01-01', to: '2999-12-31', timeZone: 'Asia/Shanghai' };
  const owed = [...claimOf(order).due.values()].reduce((sum, minor) => sum + minor, 0);
  const { closingMinor, openingMinor, entries } = statementOf([order], always);
  expect(openingMinor + entries.reduce((sum, { minor }) => sum + minor, 0)).toBe(closingMinor);
  expect(closingMinor).toBe(owed);
  const lines = invoiceLinesOf(order, always);
  for (const { netMinor, taxMinor, grossMinor } of lines) expect(netMinor + taxMinor).toBe(grossMinor);
  expect(lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0)).toBe(owed + (order.paidMinor ?? 0));
}

function isUnderReview(order: Order): boolean {
  return stateOf(order) === 'orderReview' || stateOf(order) === 'financeReview';
}

function checkHouse({ order, stock, account }: House): void {
  for (const { onHand, allocated } of stock.values()) {
    expect(allocated).toBeGreaterThanOrEqual(0);
    expect(onHand).toBeGreaterThanOrEqual(allocated);
    expect(onHand).toBeLessThanOrEqual(ON_HAND);
  }
  if (!order) return;
  expect(order.history.map(({ version }) => version)).toEqual(order.history.map((_, at) => at + 1));
  for (const line of order.lines) {
    expect(lineOpenBase(line)).toBeGreaterThanOrEqual(0);
    expect(lineAllocatedBase(line)).toBeGreaterThanOrEqual(0);
    expect(line.returnedBase ?? 0).toBeLessThanOrEqual(line.shippedBase ?? 0);
    expect(line.restockedBase ?? 0).toBeLessThanOrEqual(line.returnedBase ?? 0);
  }
  const held = [...stock.values()].reduce((sum, { allocated }) => sum + allocated, 0);
  const own = order.status === 'placed' ? order.lines.reduce((sum, line) => sum + lineAllocatedBase(line), 0) : 0;
  expect(held).toBe(own);
  const { onOrderMinor } = claimOf(order);
  expect(account).toMatchObject({ onOrderMinor, due: withClaim([], { more: claimOf(order) }) });
  expect(onOrderMinor + account.due.reduce((sum, [, minor]) => sum + minor, 0)).toBe(openMinor(order));
  expect(order.paidMinor ?? 0).toBe(paidIn(order.history));
  checkBooks(order);
  expect(order.paidMinor ?? 0).toBeGreaterThanOrEqual(0);
  if (order.status !== 'placed') expect(onOrderMinor).toBe(0);
  expect(order.creditedMinor ?? 0).toBeLessThanOrEqual(order.totalMinor);
  expect(order.lines.reduce((sum, line) => sum + lineGrossMinor(line), 0)).toBe(order.totalMinor);
  // Nothing leaves while somebody has to look at it.
  if (isUnderReview(order)) {
    expect(order.lines.every(({ shippedBase }) => shippedBase === undefined)).toBe(true);
  }
}

describe('an order', () => {
  it('goes from the counter to the customer in two parts, and a part of it comes back', () => {
    const house = new House();
    house.place([4, 3]);
    house.do({ name: 'order.pick', args: house.head() });
    house.ship([{ line: 0, quantityBase: 4_000 }]);
    expect(codes(house.do({ name: 'order.receive', args: house.head() }))).toEqual(['order.notAllOut']);
    house.ship([{ line: 1, quantityBase: 3_000 }]);
    house.do({ name: 'order.receive', args: house.head() });
    house.do({ name: 'order.complete', args: house.head() }, { role: 'clerk' });
    const back = { moved: [{ line: 0, quantityBase: 1_000 }], reason: 'broken', restock: false, creditMinor: null };
    house.do({ name: 'order.return', args: { ...house.head(), ...back } });
    expect(house.order).toMatchObject({ status: 'completed', version: 7, creditedMinor: 377 });
    expect(house.stock.get('tea' as ProductId)).toEqual({ onHand: 6_000, allocated: 0 });
    expect(house.order?.history.map(({ what }) => what)).toEqual([
      'placed',
      'picking',
      'shipped',
      'shipped',
      'received',
      'completed',
      'returned',
    ]);
  });

  it('that comes back piece by piece gives back exactly what it came to', () => {
    const house = new House();
    house.place([7]);
    house.ship([{ line: 0, quantityBase: 7_000 }]);
    for (let piece = 0; piece < 7; piece += 1) {
      const back = { moved: [{ line: 0, quantityBase: 1_000 }], reason: 'all of it', restock: true, creditMinor: null };
      house.do({ name: 'order.return', args: { ...house.head(), ...back } });
    }
    expect(house.order?.creditedMinor).toBe(house.order?.totalMinor);
    expect(house.stock.get('tea' as ProductId)).toEqual({ onHand: ON_HAND, allocated: 0 });
  });

  it('that asks for more than there is waits for the rest, and gets it when there is some', () => {
    const house = new House();
    expect(codes(house.place([12]))).toEqual(['stock.short']);
    house.place([12], { backorder: true });
    expect(house.order).toMatchObject({ lines: [{ backorderBase: 2_000 }] });
    expect(codes(house.ship([{ line: 0, quantityBase: 12_000 }]))).toEqual(['ship.tooMuch']);
    house.ship([{ line: 0, quantityBase: 10_000 }]);
    house.do({ name: 'order.allocate', args: house.head() });
    expect(house.order).toMatchObject({ lines: [{ backorderBase: 2_000, shippedBase: 10_000 }] });
    house.stock.set('tea' as ProductId, { onHand: 1_500, allocated: 0 });
    house.do({ name: 'order.allocate', args: house.head() });
    expect(house.order).toMatchObject({ lines: [{ backorderBase: 500 }] });
    house.do({ name: 'order.closeRest', args: { ...house.head(), reason: 'no longer made' } });
    expect(house.order?.lines[0]).toMatchObject({ closedBase: 2_000, shippedBase: 10_000 });
    expect(house.stock.get('tea' as ProductId)).toEqual({ onHand: 1_500, allocated: 0 });
  });

  it('of which there is nothing is submitted until goods are set aside for it', () => {
    const house = new House();
    house.stock.set('tea' as ProductId, { onHand: 0, allocated: 0 });
    house.place([2], { backorder: true });
    expect(house.order?.state).toBe('submitted');
    expect(codes(house.do({ name: 'order.pick', args: house.head() }))).toEqual(['order.notOpen']);
    house.stock.set('tea' as ProductId, { onHand: 2_000, allocated: 0 });
    house.do({ name: 'order.allocate', args: house.head() });
    expect(house.order && stateOf(house.order)).toBe('allocated');
    expect(house.order).not.toHaveProperty('state');
  });

  it('is looked at by another than who wrote it, then by an admin, and is given out only then', () => {
    const house = new House({
      order: { ...DEFAULT_REVIEWS.order, fromMinor: 1_000 },
      finance: { ...DEFAULT_REVIEWS.finance, fromMinor: 1_000 },
      fourEyes: true,
      financeRole: 'admin',
    });
    house.place([4]);
    const approve = (review: 'order' | 'finance'): MutationIntent => ({
      name: 'order.approve',
      args: { ...house.head(), review },
    });
    expect(codes(house.ship([{ line: 0, quantityBase: 1_000 }]))).toEqual(['order.notOpen']);
    expect(codes(house.do(approve('order')))).toEqual(['order.fourEyes']);
    expect(codes(house.do(approve('order'), { role: 'clerk', user: 'u2' }))).toEqual(['order.roleMissing']);
    house.do(approve('order'), { user: 'u2' });
    expect(house.order?.state).toBe('financeReview');
    expect(house.do(approve('finance'), { user: 'u2' }).issues).toMatchObject([
      { code: 'order.roleMissing', params: { ask: 'admin' } },
    ]);
    house.do(approve('finance'), { role: 'admin', user: 'u2' });
    expect(codes(house.ship([{ line: 0, quantityBase: 4_000 }]))).toEqual([]);
  });

  it('that is sent back goes through its review again once it is amended; what a manager holds stays held', () => {
    const house = new House({ ...DEFAULT_REVIEWS, order: { ...DEFAULT_REVIEWS.order, fromMinor: 1_000 } });
    house.place([4]);
    house.do({ name: 'order.reject', args: { ...house.head(), reason: 'too dear' } });
    expect(house.order).toMatchObject({ state: 'orderReview', hold: { reason: 'too dear', review: true } });
    house.do({ name: 'order.amend', args: { ...house.head(), note: '', lines: asked([3]) } });
    expect(house.order).toMatchObject({ state: 'orderReview' });
    expect(house.order).not.toHaveProperty('hold');
    house.do({ name: 'order.hold', args: { ...house.head(), reason: 'unpaid' } });
    house.do({ name: 'order.amend', args: { ...house.head(), note: '', lines: asked([4]) } }, { role: 'clerk' });
    expect(house.order).toMatchObject({ hold: { reason: 'unpaid' } });
    const approve: MutationIntent = { name: 'order.approve', args: { ...house.head(), review: 'order' } };
    expect(codes(house.do(approve, { user: 'u2' }))).toEqual(['order.onHold']);
  });

  it('says what is wrong with what is to leave or come back, line by line', () => {
    const house = new House();
    house.place([4, 3]);
    expect(codes(house.ship([]))).toEqual(['moved.nothing']);
    const odd = [
      { line: 7, quantityBase: 1_000 },
      { line: 0, quantityBase: 0 },
      { line: 0, quantityBase: 1_000 },
      { line: 1, quantityBase: 4_000 },
    ];
    const verdict = house.ship(odd);
    expect(codes(verdict)).toEqual(['moved.line', 'quantity.notPositive', 'moved.line', 'ship.tooMuch']);
    expect(verdict.issues[3]?.repairs).toEqual([{ kind: 'moveLess', line: 1, quantityBase: 3_000 }]);
    house.ship([{ line: 1, quantityBase: 3_000 }]);
    const back = (more: { quantityBase?: number; reason?: string; creditMinor?: number | null }) =>
      house.do({
        name: 'order.return',
        args: {
          ...house.head(),
          moved: [{ line: 1, quantityBase: more.quantityBase ?? 1_000 }],
          reason: more.reason ?? 'wrong colour',
          restock: true,
          creditMinor: more.creditMinor ?? null,
        },
      });
    expect(codes(back({ quantityBase: 4_000 }))).toEqual(['return.tooMuch']);
    expect(codes(back({ reason: ' ' }))).toEqual(['reason.missing']);
    expect(back({ creditMinor: 378 }).issues[0]).toMatchObject({
      code: 'return.creditTooMuch',
      repairs: [{ kind: 'creditLess', minor: 377 }],
    });
    expect(codes(back({ creditMinor: 0 }))).toEqual([]);
    expect(house.order).not.toHaveProperty('creditedMinor');
  });

  it('is paid in parts, not more than is open, and a mistake is taken back once', () => {
    const house = new House();
    house.place([3]);
    const total = house.order?.totalMinor ?? 0;
    const pay = (minor: number, more: object = {}) =>
      house.do({ name: 'order.pay', args: { ...house.head(), ...MONEY, minor, ...more } });
    expect(codes(pay(0))).toEqual(['payment.notPositive']);
    expect(codes(pay(1, { reference: 'x'.repeat(101) }))).toEqual(['payment.reference']);
    expect(pay(total + 1)).toMatchObject({
      issues: [{ code: 'payment.tooMuch', params: { now: total }, repairs: [{ kind: 'payLess', minor: total }] }],
    });
    pay(100);
    expect(pay(total)).toMatchObject({ issues: [{ params: { quoted: total, now: total - 100 } }] });
    pay(total - 100);
    expect(pay(1)).toMatchObject({ issues: [{ code: 'payment.tooMuch', params: { now: 0 } }] });
    expect(house.order).toMatchObject({ paidMinor: total, status: 'placed' });
    const takeBack = (version: number) =>
      house.do({
        name: 'order.voidPayment',
        args: { ...house.head(), ofPayment: house.madeBy(version), reason: 'twice' },
      });
    expect(codes(takeBack(1))).toEqual(['payment.unknown']);
    takeBack(2);
    expect(codes(takeBack(2))).toEqual(['payment.unknown']);
    expect(house.order).toMatchObject({ paidMinor: total - 100 });
    expect(house.order?.history.at(-1)).toMatchObject({
      what: 'paymentVoided',
      ofPayment: house.madeBy(2),
      payment: { minor: 100 },
    });
  });

  it('that was paid and then cancelled or cut gives back what is too much', () => {
    const house = new House();
    house.place([3]);
    const total = house.order?.totalMinor ?? 0;
    house.do({ name: 'order.pay', args: { ...house.head(), ...MONEY, minor: total } });
    const refund = (minor: number) => house.do({ name: 'order.refund', args: { ...house.head(), ...MONEY, minor } });
    expect(codes(refund(1))).toEqual(['refund.tooMuch']);
    house.do({ name: 'order.cancel', args: { ...house.head(), reason: '' } });
    expect(house.account.due).toEqual([[HEAD.businessDate, -total]]);
    refund(total);
    expect(house.order).not.toHaveProperty('paidMinor');
    expect(house.account.due).toEqual([]);
    // What was paid back has come in before: the payment can't be taken for a mistake any more.
    expect(
      codes(
        house.do({ name: 'order.voidPayment', args: { ...house.head(), ofPayment: house.madeBy(2), reason: 'no' } }),
      ),
    ).toEqual(['payment.paidBack']);
  });

  it("is changed by money for nobody: neither stands in the other's way", () => {
    const house = new House();
    house.place([3]);
    const before = house.head();
    house.do({ name: 'order.pay', args: { ...before, ...MONEY } });
    const pick = house.do({ name: 'order.pick', args: before });
    expect(pick.verdict).toBe('applied');
    // Somebody else's payment, of the version before the goods were picked.
    expect(house.do({ name: 'order.pay', args: { ...before, ...MONEY } }).verdict).toBe('applied');
    expect(codes(house.do({ name: 'order.ship', args: { ...before, moved: [], tracking: null } }))).toEqual([
      'order.changed',
    ]);
  });
});
