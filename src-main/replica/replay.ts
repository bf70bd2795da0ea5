/**
 * What a screen shows of an order: central's row with this desk's intents replayed on it. Pure. An intent is replayed
 * by what the rules made of it when it was written down, so a price that changed since changes nothing in it.
 *
 * A refused intent has no effect and takes no stock. As the last word of its lane its content is shown all the same,
 * because that is what a person has to mend.
 */
import type { MutationId, ProductId } from '../../src-shared/domain/ids.ts';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import type { Actor } from '../../src-shared/mutations/actor.ts';
import { stockMoves } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { amended, cancelled, placed, type Priced } from '../../src-shared/mutations/effects.ts';
import { isContent, type ContentIntent } from '../../src-shared/mutations/registry.ts';
import { stepped } from '../../src-shared/mutations/step-effects.ts';
import type { Effect, StoredIntent } from '../outbox/intent.ts';

/** What one unsettled mutation takes of the stock beyond what central has allocated; negative where it gives back. */
export interface ReservedQuantity {
  mutationId: MutationId;
  productId: ProductId;
  quantityBase: number;
}

export interface Replayed {
  /** The order with every intent that may yet apply; undefined when there is none. */
  standing: Order | undefined;
  /** The order to show: `standing`, or with the refused content that waits to be mended. */
  shown: Order | undefined;
  reservations: ReservedQuantity[];
}

/** @param intents the lane's unsettled mutations, oldest first. */
export function replay(central: Order | undefined, intents: readonly StoredIntent[]): Replayed {
  let standing = central;
  const reservations: ReservedQuantity[] = [];
  for (const intent of intents) {
    if (intent.state === 'refused') continue;
    const next = withIntent(standing, intent);
    for (const [productId, { allocated, onHand }] of stockMoves(standing, next)) {
      // What leaves was set aside before: of what is available it takes nothing.
      const quantityBase = allocated - onHand;
      if (quantityBase !== 0) reservations.push({ mutationId: intent.mutationId, productId, quantityBase });
    }
    standing = next;
  }
  return { standing, shown: shownOf(standing, intents), reservations };
}

function shownOf(standing: Order | undefined, intents: readonly StoredIntent[]): Order | undefined {
  const last = intents.at(-1);
  if (last?.state !== 'refused') return standing;
  if (last.content && isContent(last.content.intent)) return withIntent(standing, last) ?? standing;
  if (standing) return standing;
  // A refused cancelling of a refused placing: what was placed is still what the person has to look at.
  const content = intents.findLast((intent) => intent.content && isContent(intent.content.intent));
  return content ? withIntent(undefined, content) : headIn(last);
}

/** What a refused cancelling says of an order that is not here: central was set back, and its desk has yet to bring it. */
function headIn(refused: StoredIntent): Order | undefined {
  const order = withIntent(undefined, refused);
  return order && { ...order, status: 'placed', history: [] };
}

function withIntent(current: Order | undefined, { mutationId, madeAt, content }: StoredIntent): Order | undefined {
  if (!content) return current;
  const { intent, effect } = content;
  const by: Actor = { mutationId, ...effect.by, at: madeAt, madeAt };
  switch (intent.name) {
    case 'order.place':
      // Central will say that it exists; until then what central has is what counts.
      return current ?? placed(intent.args, judgedBefore(intent, effect), by);
    case 'order.amend':
      return amended(current, intent.args, judgedBefore(intent, effect), by);
    case 'order.cancel':
      return cancelled(current, intent.args, effect.currency, by);
    default: {
      // A step of an order that is not here: its desk has yet to bring it.
      if (!current) return undefined;
      const { reviews = [], dueDate, available = {} } = effect.step ?? {};
      return stepped(current, intent, by, { reviews, dueDate, available: (product) => available[product] ?? 0 });
    }
  }
}

function judgedBefore(intent: ContentIntent, effect: Effect): Priced {
  const lines = intent.args.lines.map((asked, index): OrderLine => {
    const made = effect.lines[index];
    if (!made) throw new Error(`replay: line ${index} has no effect`);
    const [quantityBase, amountMinor, priceKind, priceId, more] = made;
    const { productId, unit, quantity, quotedUnitPrice, manual } = asked;
    const unitPrice = manual?.unitPrice ?? quotedUnitPrice;
    return { productId, unit, quantity, quantityBase, unitPrice, amountMinor, priceKind, priceId, ...more };
  });
  const { currency, totalMinor, taxMinor, creditReview, state = 'allocated' } = effect;
  return {
    lines,
    oldFacts: intent.args.oldFacts,
    currency,
    totalMinor,
    ...(taxMinor === undefined ? {} : { taxMinor }),
    ...(creditReview ? { creditReview } : {}),
    state,
  };
}
