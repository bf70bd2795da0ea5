/**
 * An order while it is being typed. It holds what was typed, as it was typed: reading it as numbers and products is
 * `order-request.ts`'s, judging it the desk's.
 */
import { z } from 'zod';
import { productUnit } from '../../../src-shared/domain/unit.ts';
import { uuidV7 } from '../../../src-shared/domain/uuid-v7.ts';

const draftProduct = z.object({
  productId: z.string(),
  code: z.string(),
  name: z.string(),
  /** Empty while they are not known: an order that is amended brings its lines without them. */
  units: z.array(productUnit),
});

const draftLine = z.object({
  /** Names the line while it is edited; never sent. */
  key: z.string(),
  product: draftProduct.nullable(),
  /** What was typed to find a product and is not one yet; null while `product` stands. */
  sought: z.object({ column: z.enum(['code', 'product']), text: z.string() }).nullable(),
  /** The unit's code, or what was typed where that is none. */
  unit: z.string(),
  quantity: z.string(),
  /** A price by hand, as it was typed, and why; null: the list's counts. Drafts of earlier versions have none. */
  manual: z.object({ price: z.string(), reason: z.string() }).nullable().default(null),
  /** What there isn't enough of waits for goods. */
  backorder: z.boolean().default(false),
});

export const orderDraft = z.object({
  /** Made when the draft begins, so that saving twice is saving once. */
  orderId: z.string(),
  customer: z
    .object({
      customerId: z.string(),
      code: z.string(),
      name: z.string(),
      phone: z.string().nullable(),
    })
    .nullable(),
  lines: z.array(draftLine).min(1),
  note: z.string(),
  /** Somebody is asked to look at it where the customer may not owe so much. */
  approval: z.boolean().default(false),
  /** The order that is amended, as it was when the person began; null for a new one. */
  amends: z.object({ number: z.string(), baseVersion: z.int() }).nullable(),
});

export type DraftProduct = z.infer<typeof draftProduct>;
export type DraftLine = z.infer<typeof draftLine>;
export type OrderDraft = z.infer<typeof orderDraft>;
export type DraftCustomer = NonNullable<OrderDraft['customer']>;

let lineCount = 0;

export function emptyLine(): DraftLine {
  lineCount += 1;
  const key = `l${Date.now().toString(36)}-${lineCount}`;
  return { key, product: null, sought: null, unit: '', quantity: '', manual: null, backorder: false };
}

export function emptyDraft(): OrderDraft {
  const orderId = uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  return { orderId, customer: null, lines: [emptyLine()], note: '', approval: false, amends: null };
}

export function isEmptyLine(line: DraftLine): boolean {
  return (
    line.product === null &&
    (line.sought?.text ?? '') === '' &&
    line.quantity.trim() === '' &&
    (line.manual?.price ?? '').trim() === ''
  );
}

/** Nothing was typed that would be missed. */
export function isPristine(draft: OrderDraft): boolean {
  return draft.customer === null && draft.note === '' && draft.lines.every(isEmptyLine);
}
