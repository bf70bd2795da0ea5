/**
 * What a batch is judged against: the rows it touches, as they were when its transaction began, with the effects of the
 * mutations judged so far laid on them. Nothing here is in the database until write-batch.ts puts it there; what it has
 * put there counts as stored.
 */
import type { Account } from '../../src-shared/domain/account.ts';
import { claimOf, withClaim, type OrderClaim } from '../../src-shared/domain/credit.ts';
import { DEFAULT_CREDIT, type CreditFacts, type CreditPolicy } from '../../src-shared/domain/credit-rules.ts';
import type { CustomerId, ProductId } from '../../src-shared/domain/ids.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import type { CustomerFacts, OrderFacts, ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { PriceCandidate } from '../../src-shared/domain/pricing/choose-price.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { DEFAULT_MANUAL_PRICES, type ManualPricePolicy } from '../../src-shared/domain/policy.ts';
import type { HouseRules } from './catalogue-memory.ts';
import type { StockMove } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { DEFAULT_REVIEWS, type ReviewPolicy } from '../../src-shared/domain/lifecycle/reviews.ts';
import type { LeaseRow } from '../leases/lease-rows.ts';
import type { StoredOrder } from '../orders/load-orders.ts';

export interface KnownReceipt {
  mutationId: string;
  deviceId: string;
  /** The device's branch. */
  branchId: string;
  incarnationId: string;
  /** Null of what never stood in an outbox that was offered. */
  seq: number | null;
  lane: string;
  name: string;
  bodyHash: string;
  refusedBody: string | null;
  verdict: 'applied' | 'refused';
  issues: Issue[];
  supersededBy: string | null;
  judgedAt: number;
  /** Who made it, and when by the desk's clock; null of what nobody has read, or was judged by an older central. */
  userId: string | null;
  madeAt: number | null;
  rev: number;
  /** What must be written of it. */
  state: 'stored' | 'new' | 'superseded';
}

export interface OrderEntry {
  stored: StoredOrder | undefined;
  now: Order | undefined;
  /** Versions that this batch replaced and has yet to write, oldest first. */
  replaced: Order[];
}

/** Of a customer on terms. */
export interface AccountEntry {
  row: Account;
  rev: number;
  /** The customer's. */
  branchId: string;
  touched: boolean;
}

export interface StockEntry {
  onHand: number;
  allocated: number;
  rev: number;
  touched: boolean;
}

/** A change of what is on the shelves, by one order's one version. */
export interface Movement {
  productId: string;
  /** Thousandths of the base unit; less than nothing where goods leave. */
  quantityBase: number;
  kind: 'shipped' | 'returned' | 'recovery';
  orderId: string;
  version: number;
  mutationId: string | null;
  userId: string | null;
  /** Unix milliseconds by central's clock. */
  at: number;
}

/** Stock that is set aside for the desk whose batch this is; part of `allocated`. */
export interface LeaseEntry {
  row: LeaseRow;
  usedBase: number;
}

export interface ProductPrices {
  base: PriceCandidate[];
  ofGroups: ReadonlyMap<string, PriceCandidate[]>;
  own: Map<string, PriceCandidate[]>;
}

export class BatchState implements OrderFacts {
  readonly receipts = new Map<string, KnownReceipt>();
  /** Whose place in an outbox is taken, by `incarnation/seq`. */
  readonly places = new Map<string, KnownReceipt>();
  readonly orders = new Map<string, OrderEntry>();
  /** Which order has a number. */
  readonly numbers = new Map<string, string>();
  readonly customers = new Map<string, CustomerFacts>();
  /** Of the batch's customers on terms, and of those whose orders it changes. */
  readonly accounts = new Map<string, AccountEntry>();
  readonly products = new Map<string, ProductFacts>();
  /** What the house has decided for all orders. */
  house: HouseRules = {
    promotions: [],
    manualPrices: DEFAULT_MANUAL_PRICES,
    reviews: DEFAULT_REVIEWS,
    credit: DEFAULT_CREDIT,
  };
  readonly priced = new Map<string, ProductPrices>();
  /** Of the one warehouse that the batch takes from, by product. */
  readonly stock = new Map<string, StockEntry>();
  /** Of that warehouse, what has yet to be written. */
  readonly movements: Movement[] = [];
  /** The desk's own leases by product, those that expire first before others. */
  readonly leases = new Map<string, LeaseEntry[]>();
  /** Two mutations were offered in one place of an outbox: there are two files. */
  placeTaken = false;
  /** The life of the database that the snapshot is of, and whether desks still bring back what it lost. */
  epoch: { epoch: string; recovering: boolean } | undefined;
  /** Lanes of which desks have brought back something that waits for more. */
  readonly returning = new Set<string>();
  /** Rows that will change so far: what the transaction's bound is held against. */
  changes = 0;

  customer(id: CustomerId): CustomerFacts | undefined {
    return this.customers.get(id);
  }

  product(id: ProductId): ProductFacts | undefined {
    return this.products.get(id);
  }

  prices(product: ProductId, customer: CustomerId): readonly PriceCandidate[] {
    const prices = this.priced.get(product);
    if (!prices) return [];
    const own = prices.own.get(customer);
    const ofGroup = prices.ofGroups.get(this.customers.get(customer)?.groupId ?? '');
    return own || ofGroup ? [...(own ?? []), ...(ofGroup ?? []), ...prices.base] : prices.base;
  }

  promotions(): readonly Promotion[] {
    return this.house.promotions;
  }

  manualPrices(): ManualPricePolicy {
    return this.house.manualPrices;
  }

  reviews(): ReviewPolicy {
    return this.house.reviews;
  }

  creditPolicy(): CreditPolicy {
    return this.house.credit;
  }

  credit(id: CustomerId): CreditFacts | undefined {
    const [terms, account] = [this.customers.get(id)?.terms, this.accounts.get(id)?.row];
    return terms && account && { terms, account };
  }

  /** @param madeIn the life of the desk's file that asks; what is set aside for another is not there for it. */
  available(product: ProductId, madeIn?: string): number {
    const stock = this.stock.get(product);
    if (!stock) return 0;
    const leased = this.#leasesOf(product, madeIn).reduce((sum, lease) => sum + leftOf(lease), 0);
    return stock.onHand - stock.allocated + leased;
  }

  /**
   * What the rules are given for a mutation that was made in that life of the desk's file. Two files of one desk may
   * be alive, and what the one has promised must not be taken by the other.
   */
  factsOf(madeIn: string): OrderFacts {
    return {
      customer: (id) => this.customer(id),
      product: (id) => this.product(id),
      prices: (product, customer) => this.prices(product, customer),
      promotions: () => this.promotions(),
      manualPrices: () => this.manualPrices(),
      reviews: () => this.reviews(),
      creditPolicy: () => this.creditPolicy(),
      credit: (id) => this.credit(id),
      available: (product) => this.available(product, madeIn),
    };
  }

  current(orderId: string): Order | undefined {
    return this.orders.get(orderId)?.now;
  }

  /**
   * Lays a mutation's effect on the rows.
   *
   * @param of.moves what must be added to the stock of each product.
   * @param of.madeIn the life of the desk's file that the mutation was made in: its leases are used first.
   */
  applyOrder(order: Order, of: { moves: ReadonlyMap<string, StockMove>; madeIn: string }): void {
    const entries = [...of.moves].map(([product, move]) => {
      const stock = this.stock.get(product);
      // The rules have found it available, so a row is there; else the database and the rulebook disagree.
      if (!stock) throw new Error(`product ${product} is held by an order and has no stock row`);
      return { product, stock, move };
    });
    for (const { product, stock, move } of entries) {
      const { allocated, onHand } = move;
      const fromLeases = allocated > 0 ? this.#takeFromLeases(product, { wanted: allocated, madeIn: of.madeIn }) : 0;
      // What was leased is allocated already.
      if (allocated === fromLeases && onHand === 0) continue;
      stock.allocated += allocated - fromLeases;
      stock.onHand += onHand;
      const kind = onHand < 0 ? 'shipped' : 'returned';
      if (onHand !== 0) this.#move(order, { productId: product, quantityBase: onHand, kind });
      if (!stock.touched) this.changes += 1;
      stock.touched = true;
    }
    const entry = this.orders.get(order.orderId) ?? { stored: undefined, now: undefined, replaced: [] };
    if (entry.now === entry.stored?.order) this.changes += 1;
    if (entry.now) this.#changeAccount(entry.now, { less: claimOf(entry.now) });
    this.#changeAccount(order, { more: claimOf(order) });
    if (entry.now) entry.replaced.push(entry.now);
    entry.now = order;
    this.orders.set(order.orderId, entry);
    this.numbers.set(order.number, order.orderId);
  }

  /** Goods that an order from before central was set back took, and that the restored stock does not know of. */
  takeAlong(order: Order, { productId, quantityBase }: { productId: string; quantityBase: number }): void {
    const stock = this.stock.get(productId);
    if (!stock) throw new Error(`product ${productId} has no stock row`);
    stock.onHand += quantityBase;
    this.#move(order, { productId, quantityBase, kind: 'recovery' });
  }

  /** Lays what an order makes its customer owe on their account, or takes it from there. */
  #changeAccount({ customerId, currency }: Order, { less, more }: { less?: OrderClaim; more?: OrderClaim }): void {
    const account = this.accounts.get(customerId);
    if (account?.row.currency !== currency) return;
    const { row } = account;
    const onOrderMinor = row.onOrderMinor + (more?.onOrderMinor ?? 0) - (less?.onOrderMinor ?? 0);
    account.row = { ...row, onOrderMinor, due: withClaim(row.due, { less, more }) };
    if (!account.touched) this.changes += 1;
    account.touched = true;
  }

  #move(order: Order, of: Pick<Movement, 'productId' | 'quantityBase' | 'kind'>): void {
    const event = order.history.at(-1);
    this.movements.push({
      ...of,
      orderId: order.orderId,
      version: order.version,
      mutationId: event?.mutationId ?? null,
      userId: event?.userId ?? null,
      at: event?.at ?? 0,
    });
  }

  /** @returns how much of `wanted` was set aside for this desk. */
  #takeFromLeases(product: string, { wanted, madeIn }: { wanted: number; madeIn: string }): number {
    let taken = 0;
    for (const lease of this.#leasesOf(product, madeIn)) {
      const part = Math.min(leftOf(lease), wanted - taken);
      if (part === 0) continue;
      if (lease.usedBase === lease.row.used_base) this.changes += 1;
      lease.usedBase += part;
      taken += part;
    }
    return taken;
  }

  #leasesOf(product: string, madeIn: string | undefined): LeaseEntry[] {
    return (this.leases.get(product) ?? []).filter(({ row }) => row.incarnation_id === madeIn);
  }

  addReceipt(receipt: KnownReceipt): void {
    this.receipts.set(receipt.mutationId, receipt);
    if (receipt.seq !== null) this.places.set(placeOf(receipt), receipt);
    this.changes += 1;
  }

  /** Marks a refused mutation as mended by a later one of its lane. */
  supersede(receipt: KnownReceipt, by: string): void {
    receipt.supersededBy = by;
    if (receipt.state !== 'stored') return;
    receipt.state = 'superseded';
    receipt.rev += 1;
    this.changes += 1;
  }
}

function leftOf({ row, usedBase }: LeaseEntry): number {
  return row.quantity_base - usedBase;
}

export function placeOf(of: { incarnationId: string; seq: number | null }): string {
  return `${of.incarnationId}/${of.seq}`;
}
