/** One order as people read it: central's row with this desk's intents replayed on it, in words. */
import { barredFrom, ORDER_ACTIONS, type OrderAction } from '../../src-shared/domain/lifecycle/order-actions.ts';
import { stateOf } from '../../src-shared/domain/lifecycle/order-state.ts';
import type { Role } from '../../src-shared/domain/role.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { openMinor } from '../../src-shared/domain/credit.ts';
import { lineGrossMinor } from '../../src-shared/domain/order-totals.ts';
import { ONE } from '../../src-shared/domain/quantity.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { OrderDetail, OrderLineRow, PriceStory } from '../api/desk-services.ts';
import type { QueueEntry } from '../api/sync-services.ts';
import { laneStates } from '../outbox/intent.ts';
import { orderLane, syncStateOf } from '../outbox/lane.ts';
import { readReplayed } from '../replica/overlay.ts';
import type { StoreReader } from '../store/store.ts';
import { customerNameOf } from './customer-name.ts';
import { lineSums } from './line-sums.ts';
import { namedProducts } from './named-products.ts';
import { readNotice } from './notices.ts';
import { spoken, type OrderDeskParts } from './parts.ts';
import { priceStories } from './price-story.ts';
import { readConflict } from './read-conflict.ts';
import { readLaneQueue } from './queue.ts';

/** @throws AppError NOT_FOUND. */
export function readOrder(parts: OrderDeskParts, orderId: string, language: Language): OrderDetail {
  const { store, identity } = parts;
  const { shown, standing } = readReplayed(store, orderId);
  if (!shown) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'order' });
  const queue = readLaneQueue(store, orderLane(orderId), language);
  const notice = readNotice(store, orderId);
  const mine = shown.branchId === identity.desk()?.branch.branchId;
  const sync = syncStateOf(laneStates(store, orderLane(orderId)));
  const possible = mine ? actionsOf(standing ?? shown, identity.signer()?.role ?? 'clerk') : [];
  // Of an order that never came to be there is nothing to leave: that is cancelled.
  const isStopped = standing !== undefined && STOPPED.has(sync);
  const actions = possible.filter((action) => action !== 'letGo' || isStopped);
  return {
    ...headOf(shown),
    customerName: customerNameOf(store, shown.customerId),
    sync,
    taxMinor: shown.taxMinor ?? null,
    sums: lineSums(shown.lines),
    paidMinor: shown.paidMinor ?? 0,
    openMinor: openMinor(shown),
    quantityBase: shown.lines.reduce((sum, line) => sum + line.quantityBase, 0),
    lines: lineRows(store, shown),
    queue,
    issues: sync === 'refused' ? lastIssues(queue) : [],
    notices: spoken(notice ? [notice.issue] : [], language),
    state: stateOf(shown),
    hold: shown.hold ?? null,
    creditReview: shown.creditReview === true,
    actions,
    open: actions.includes('amend'),
    conflict: sync === 'refused' ? readConflict(store, { orderId, standing }) : null,
  };
}

/** Where a change of an order stands that may not come to anything by itself. */
const STOPPED: ReadonlySet<SyncState> = new Set(['refused', 'held', 'quarantined']);

/** Whether a review may be passed also hangs on who wrote the order: the rules say that when it is tried. */
function actionsOf(order: Order, role: Role): OrderAction[] {
  const of = { state: stateOf(order), onHold: order.hold !== undefined };
  return ORDER_ACTIONS.filter((action) => barredFrom(action, of, role) === undefined);
}

function headOf(shown: Order) {
  const { orderId, number, customerId, status, note, businessDate, madeAt, version, currency, totalMinor, history } =
    shown;
  return { orderId, number, customerId, status, note, businessDate, madeAt, version, currency, totalMinor, history };
}

function lineRows(store: StoreReader, order: Order): OrderLineRow[] {
  const found = namedProducts(store, order);
  const stories = priceStories(store, order.lines, soleAuthor(order));
  return order.lines.map((line, index) => {
    const product = found.get(line.productId);
    return Object.assign({}, line, {
      quantity: line.quantity / ONE,
      grossMinor: lineGrossMinor(line),
      // One for each line.
      story: stories[index] as PriceStory,
      productCode: product?.code ?? '',
      productName: product?.name ?? '',
      availableBase: product?.available ?? 0,
    });
  });
}

/**
 * Who made the lines as they are: what earlier versions had is at central only, so of several people any may have agreed to
 * a price.
 */
function soleAuthor({ history }: Order): string | null {
  const names = new Set(history.flatMap(({ what, userName }) => (what === 'cancelled' ? [] : [userName])));
  const [name = null] = names;
  return names.size === 1 ? name : null;
}

function lastIssues(queue: readonly QueueEntry[]): QueueEntry['issues'] {
  return queue.at(-1)?.issues ?? [];
}
