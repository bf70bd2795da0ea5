/**
 * What the desk can do, as its API sees it. Plain interfaces on purpose: the router's types reach the renderer, and
 * nothing of Node or SQLite may leak there through them.
 *
 * Quantities: a line's `quantity` counts its unit, given and got alike; every other one is in thousandths, of the base
 * unit (`…Base`) or, in issues and repairs, of the line's unit. Unit prices: ten-thousandths of the major unit. Amounts:
 * minor units. Times: Unix milliseconds.
 */
import type { Aging } from '../../src-shared/domain/account.ts';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { Order, OrderEvent, OrderHold, OrderLine, Payment } from '../../src-shared/domain/order.ts';
import type { OrderAction } from '../../src-shared/domain/lifecycle/order-actions.ts';
import type { OrderState, OrderStatus } from '../../src-shared/domain/lifecycle/order-state.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import type { Role } from '../../src-shared/domain/role.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { SafetyServices } from './safety-services.ts';
import type { SpokenIssue } from './spoken-issue.ts';
import type { AttentionServices, QueueEntry, SyncServices } from './sync-services.ts';

/** A page of a longer list. */
export interface Page<Row> {
  rows: Row[];
  /** How many there are in all under the same filter. */
  total: number;
}

export interface ProductHit {
  productId: string;
  code: string;
  name: string;
  nameAlt: string | null;
  barcode: string | null;
  /** The unit that a new line starts with: the base unit. */
  unit: string;
  units: ProductUnit[];
  step: number;
  active: boolean;
  /** The price of one `unit` today, for the customer who was named, else of the base list; null when there is none. */
  unitPrice: number | null;
  currency: Currency | null;
  /** True when it is the customer's own price. */
  ownPrice: boolean;
  /** Available to promise in this branch's warehouse, less what waits on this desk. */
  availableBase: number;
}

export interface ProductPriceRow {
  priceListCode: string;
  priceListName: string;
  /** Whose own list it is on; null for a group's and for the base list. */
  customerId: string | null;
  customerName: string | null;
  /** Of a group's list: the group; '' where it is not known here. Null for the others. */
  groupName: string | null;
  currency: Currency;
  unit: string;
  unitPrice: number;
  /** Of a quantity tier: from how much on, thousandths of `unit`. */
  minQuantity: number | null;
  /** The list's prices have the tax in them. */
  taxIncluded: boolean;
  validFrom: string;
  validTo: string | null;
}

export interface ProductDetail extends ProductHit {
  onHandBase: number;
  allocatedBase: number;
  /** Of `allocatedBase`'s like, but only what this desk's unsettled orders take. */
  waitingBase: number;
  /** Basis points; null where the house counts no tax on it. */
  taxBasisPoints: number | null;
  /** The least that one order takes of it, and what it is taken in multiples of; null where nothing is said. */
  minimumBase: number | null;
  multipleBase: number | null;
  prices: ProductPriceRow[];
}

export interface CustomerHit {
  customerId: string;
  code: string;
  name: string;
  phone: string | null;
  active: boolean;
  lastOrderAt: number | null;
  orderCount: number;
}

export interface CustomerDetail extends CustomerHit {
  /** Whose lists and promotions count for them after their own; '' where its name is not known here. */
  groupName: string | null;
  ownPrices: {
    productId: string;
    productCode: string;
    productName: string;
    unit: string;
    unitPrice: number;
    /** Of a quantity tier: from how much on, thousandths of `unit`. */
    minQuantity: number | null;
    validFrom: string;
    currency: Currency;
  }[];
  recentOrders: OrderRow[];
  /** What else is known of them. */
  more: CustomerMore;
  /** Of a customer on terms. */
  credit: CustomerCredit | null;
}

/** What a customer owes as far as this desk knows, its own unsettled orders and all; minor units. */
export interface CustomerCredit {
  currency: Currency;
  /** Null: there is no limit. */
  limitMinor: number | null;
  /** What counts against the limit: owed and on order, less what was paid ahead. */
  usedMinor: number;
  onOrderMinor: number;
  /** By age, as of the branch's business day. */
  aging: Aging;
}

export interface OrderRow {
  orderId: string;
  number: string;
  customerId: string;
  customerName: string;
  status: OrderStatus;
  state: OrderState;
  sync: SyncState;
  businessDate: string;
  madeAt: number;
  currency: Currency;
  totalMinor: number;
  lineCount: number;
}

/** Why a line costs what it costs. */
export interface PriceStory {
  /** Whose list the price is on; `past`: of a list that is no longer known. */
  of: 'own' | 'group' | 'base' | 'past';
  /** '' where the list is no longer here. */
  listName: string;
  /** The price row's version, and since when it is valid; null where that is no longer known. */
  rev: number | null;
  validFrom: string | null;
  /** What the list says, ten-thousandths for one unit. */
  listUnitPrice: number;
  /** Of a quantity tier: from how much on, thousandths of `tierUnit`. */
  tierQuantity: number | null;
  tierUnit: string | null;
  /** Why another price was agreed by hand; null where none was. */
  manualReason: string | null;
  /** Who agreed to it; null where that is not certain, or is only being typed. */
  manualBy: string | null;
  /** What promotions took off, minor units, one after another. */
  discounts: { code: string; name: string; minor: number }[];
  /** Basis points and minor units; null where the line is not taxed. */
  taxBasisPoints: number | null;
  taxMinor: number | null;
  taxIncluded: boolean;
}

/** What the lines of an order add up to, minor units. */
export interface LineSums {
  /** The sum of their amounts: after promotions, and with such tax as is in the prices. */
  goodsMinor: number;
  /** What promotions took off. */
  discountMinor: number;
}

/** A line as people read it: with its product's words and its stock. */
export interface OrderLineRow extends Omit<OrderLine, 'quantity'> {
  /** What the customer pays for it, minor units, tax and all. */
  grossMinor: number;
  story: PriceStory;
  /** Counts the unit, as in placing: what is got here can be given back there. */
  quantity: number;
  productCode: string;
  productName: string;
  availableBase: number;
}

export interface OrderDetail {
  orderId: string;
  number: string;
  customerId: string;
  customerName: string;
  status: OrderStatus;
  /** Where it stands in the house's work, and why it is held back; null where it isn't. */
  state: OrderState;
  hold: OrderHold | null;
  /** It was taken for somebody to look at what the customer owes. */
  creditReview: boolean;
  /** What can be done with it now, by whom is signed in (lifecycle/order-actions.ts). */
  actions: OrderAction[];
  sync: SyncState;
  note: string;
  businessDate: string;
  madeAt: number;
  version: number;
  currency: Currency;
  /** What the customer pays, and the tax in it; null where no line is taxed. */
  totalMinor: number;
  taxMinor: number | null;
  sums: LineSums;
  /** What was paid of it, and what is still to be paid; less than nothing where too much was. */
  paidMinor: number;
  openMinor: number;
  /** The sum of the lines' base quantities. */
  quantityBase: number;
  lines: OrderLineRow[];
  history: Order['history'];
  /** Unsettled mutations of this order, oldest first. */
  queue: QueueEntry[];
  /** What central said no to; empty unless `sync` is `refused`. */
  issues: SpokenIssue[];
  /** What was done to it by itself, and nobody has seen yet. */
  notices: SpokenIssue[];
  /** Whether amend and cancel would be taken now. */
  open: boolean;
  /** Somebody else's change, beside this desk's own that was refused; null where nothing would be written over. */
  conflict: OrderConflict | null;
}

/** What an order says, as far as it is compared (domain/order-difference.ts). */
export interface OrderSide {
  customerId: string;
  customerName: string;
  note: string;
  lines: {
    productId: string;
    productCode: string;
    productName: string;
    unit: string;
    /** Counts the unit. */
    quantity: number;
    /** Agreed by hand: ten-thousandths for one unit, and why. */
    manual: { unitPrice: number; reason: string } | null;
  }[];
}

export interface OrderConflict {
  /** The version that stands, and an amendment has to name as its base: what is shown of the order is this desk's own. */
  version: number;
  /** Who made it say that, where and when; null where that is not known. */
  by: OrderEvent | null;
  theirs: OrderSide;
  /** What both began with; null where that is no longer known. */
  base: OrderSide | null;
}

/** A line as a caller gives it: anything may come in, and what is wrong is said on its field. */
export interface GivenLine {
  productId: string;
  unit: string;
  /** Counts the unit. Anything but a number is an issue on this field. */
  quantity: unknown;
  /** A price agreed by hand, ten-thousandths for one unit, with its reason. */
  manual?: { unitPrice: unknown; reason: string } | undefined;
  /** What there isn't enough of waits for goods. */
  backorder?: boolean | undefined;
}

export interface GivenOrder {
  customerId: string;
  lines: GivenLine[];
  note: string;
  /** Somebody is asked to look at it where the customer may not owe so much. */
  approval?: boolean | undefined;
}

/** All lines anew; a customer or a note that is left out stays as it is. */
export interface GivenAmendment {
  orderId: string;
  lines: GivenLine[];
  customerId?: string | undefined;
  note?: string | undefined;
  approval?: boolean | undefined;
  /** The version that the person was looking at; left out, the newest. */
  baseVersion?: number | undefined;
}

/** How much of which line, from 0, thousandths of the base unit. */
export type GivenMoved = { line: number; quantityBase: number }[];

/** What is done with an order besides changing what it asks for (src-shared/domain/lifecycle/order-actions.ts). */
export interface GivenStep {
  orderId: string;
  /** The version that the person was looking at; left out, the newest. */
  baseVersion?: number | undefined;
  step:
    | { do: 'approve'; review: 'order' | 'finance' }
    | { do: 'reject' | 'hold' | 'closeRest'; reason: string }
    | { do: 'release' | 'allocate' | 'pick' | 'receive' | 'complete' | 'letGo' }
    | { do: 'ship'; moved: GivenMoved; tracking?: string | undefined }
    | { do: 'return'; moved: GivenMoved; reason: string; restock: boolean; creditMinor?: number | undefined }
    | ({ do: 'pay' | 'refund' } & Payment)
    | { do: 'voidPayment'; ofPayment: MutationId; reason: string };
}

export interface PlaceAnswer {
  orderId: string;
  number: string;
  status: OrderStatus;
  sync: SyncState;
  totalMinor: number;
  currency: Currency;
  /** Warnings: the order is saved all the same. */
  issues: SpokenIssue[];
}

/** What the rules would say to an order as it is being typed. Nothing is written. */
export interface CheckAnswer {
  /** One entry a given line, in order; null where the line can't be priced yet. */
  lines: ({
    quantityBase: number | null;
    unitPrice: number;
    /** What the lists say, whatever was agreed by hand. */
    listUnitPrice: number;
    /** After promotions, and what the customer pays with the tax. */
    amountMinor: number | null;
    grossMinor: number | null;
    own: boolean;
    availableBase: number;
    /** Null while the line can't be counted yet. */
    story: PriceStory | null;
  } | null)[];
  /** What the customer pays. */
  totalMinor: number;
  /** The tax in it; null where no line is taxed. */
  taxMinor: number | null;
  sums: LineSums;
  currency: Currency | null;
  /** Of a customer on terms whose limit is in the order's currency: without this order. Null of any other. */
  credit: { limitMinor: number | null; usedMinor: number } | null;
  issues: SpokenIssue[];
}

export interface OrderFilter {
  /** Matches number, customer's name and code. */
  text?: string | undefined;
  customerId?: string | undefined;
  status?: OrderStatus | undefined;
  /** Where it stands in the house's work: finer than the status, which it then stands for. */
  state?: OrderState | undefined;
  sync?: SyncState | undefined;
  /** Business dates, inclusive. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface SessionState {
  enrolled: boolean;
  /** Suggested on the enrolment screen. */
  centralUrl: string | null;
  device: { deviceId: string; name: string; incarnationCode: string } | null;
  branch: Branch | null;
  user: { userId: string; userName: string; displayName: string; role: Role; expiresAt: number } | null;
  currency: Currency | null;
}

export interface Draft {
  draftId: string;
  /** The renderer's own text; the desk only keeps it. */
  content: string;
  updatedAt: number;
}

export type Topic = 'orders' | 'products' | 'customers' | 'stock' | 'prices' | 'sync' | 'session' | 'drafts';

/** Something changed. Carries no data, only where to look again. */
export interface DeskEvent {
  topics: Topic[];
  /** The orders that changed; empty when it is easier to look at all. */
  orderIds: string[];
}

export interface DeskServices {
  session: {
    state(): SessionState;
    enrol(input: { centralUrl: string; code: string; deviceName: string }): Promise<SessionState>;
    signIn(input: { userName: string; password: string }): Promise<SessionState>;
    signOut(): SessionState;
  };
  products: {
    search(input: { text: string; limit: number; customerId?: string | undefined }): ProductHit[];
    list(input: { text?: string | undefined; offset: number; limit: number }): Page<ProductHit>;
    get(productId: string): ProductDetail;
  };
  customers: {
    search(input: { text: string; limit: number }): CustomerHit[];
    list(input: { text?: string | undefined; offset: number; limit: number }): Page<CustomerHit>;
    get(customerId: string): CustomerDetail;
  };
  orders: {
    place(input: GivenOrder & { orderId: string }, language: Language): PlaceAnswer;
    amend(input: GivenAmendment, language: Language): PlaceAnswer;
    cancel(input: { orderId: string; reason: string }, language: Language): PlaceAnswer;
    /** For a branch manager or an admin: makes a refused change anew, in the own name, with the prices it had. */
    step(input: GivenStep, language: Language): PlaceAnswer;
    approve(input: { orderId: string }, language: Language): PlaceAnswer;
    /** With `orderId`: as an amendment of that order, whose own stock counts as there. */
    check(input: GivenOrder & { orderId?: string | undefined }, language: Language): CheckAnswer;
    get(orderId: string, language: Language): OrderDetail;
    list(input: OrderFilter & { offset: number; limit: number }): Page<OrderRow>;
  };
  attention: AttentionServices;
  sync: SyncServices;
  safety: SafetyServices;
  drafts: {
    list(): Draft[];
    save(input: { draftId: string; content: string }): Draft;
    discard(draftId: string): void;
  };
  events: {
    /** Ends when the signal does. */
    stream(signal: AbortSignal): AsyncIterable<DeskEvent>;
  };
}
