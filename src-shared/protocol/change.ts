/** Changes: committed row versions, as they go down. One schema per kind of row says what a desk may rely on. */
import { z } from 'zod';
import { account } from '../domain/account.ts';
import { branch } from '../domain/branch.ts';
import { customer, customerGroup } from '../domain/customer.ts';
import { order } from '../domain/order.ts';
import { policy } from '../domain/policy.ts';
import { price, priceList } from '../domain/pricing/price-list.ts';
import { promotion } from '../domain/pricing/promotion.ts';
import { product } from '../domain/product.ts';
import { stock } from '../domain/stock.ts';
import { receiptProof, type ReceiptProof } from './proof.ts';
import { lease } from './lease.ts';
import { receipt } from './receipt.ts';
import { grant, scope, type Scope } from './scope.ts';

/** Every kind of row that is replicated, with its shape. */
export const ROW_SCHEMAS = {
  branch,
  product,
  priceList,
  price,
  customerGroup,
  promotion,
  policy,
  customer,
  account,
  stock,
  order,
  receipt,
  grant,
  lease,
} as const;
export type RowKind = keyof typeof ROW_SCHEMAS;
export type RowOf<K extends RowKind> = z.infer<(typeof ROW_SCHEMAS)[K]>;

/** A row's key in the feed: its id, `warehouseId/productId` of stock, the scope of a grant, the name of a policy. */
const KEYS: { [K in RowKind]: (of: RowOf<K>) => string } = {
  branch: (of) => of.branchId,
  product: (of) => of.productId,
  priceList: (of) => of.priceListId,
  price: (of) => of.priceId,
  customerGroup: (of) => of.groupId,
  promotion: (of) => of.promotionId,
  policy: (of) => of.name,
  customer: (of) => of.customerId,
  account: (of) => of.customerId,
  stock: (of) => `${of.warehouseId}/${of.productId}`,
  order: (of) => of.orderId,
  receipt: (of) => of.mutationId,
  grant: (of) => of.scope,
  lease: (of) => of.leaseId,
};

export function rowKey<K extends RowKind>(kind: K, row: RowOf<K>): string {
  return KEYS[kind](row);
}

const head = { scope, key: z.string(), rev: z.int().positive() };
const put = <K extends RowKind>(kind: K) =>
  z.object({ ...head, kind: z.literal(kind), op: z.literal('put'), row: ROW_SCHEMAS[kind] });

/**
 * `rev` counts a row's versions: a change with a lower or equal one is old news. A row that moves to another scope is a
 * `remove` in the one and a `put` in the other, with one `rev`.
 */
export const putChange = z.discriminatedUnion('kind', [
  put('branch'),
  put('product'),
  put('priceList'),
  put('price'),
  put('customerGroup'),
  put('promotion'),
  put('policy'),
  put('customer'),
  put('account'),
  put('stock'),
  put('order'),
  put('receipt').extend({ proof: receiptProof.optional() }),
  put('grant'),
  put('lease'),
]);

export const removeChange = z.object({
  ...head,
  kind: z.enum(Object.keys(ROW_SCHEMAS) as [RowKind, ...RowKind[]]),
  op: z.literal('remove'),
});

export const change = z.union([putChange, removeChange]);
export type PutChange = {
  [K in RowKind]: {
    scope: Scope;
    key: string;
    rev: number;
    kind: K;
    op: 'put';
    row: RowOf<K>;
    proof?: ReceiptProof | undefined;
  };
}[RowKind];
export type RemoveChange = z.infer<typeof removeChange>;
export type Change = PutChange | RemoveChange;

/** An opaque position in the change feed of one epoch, cut at a transaction's end. `''` is before everything. */
export const cursor = z.string().max(60);

export const pullRequest = z.object({
  protocol: z.int(),
  cursor,
  /** The page ends at the first transaction's end past so many bytes, before they are packed: for slow lines. */
  maxBytes: z.int().positive().optional(),
});
export type PullRequest = z.infer<typeof pullRequest>;

export const pullResponse = z.object({
  epoch: z.string(),
  /** Unix milliseconds by central's clock, read in the page's snapshot: the page's facts are as of then. */
  now: z.int(),
  changes: z.array(change),
  /** Where the next pull goes on; saved together with the changes. */
  cursor,
  /** Whether there is more past this page already. */
  more: z.boolean(),
  /**
   * The feed before `cursor` is compacted: what this page brings is no moment of central's. It is to be shown together
   * with the pages up to the first that is whole again.
   */
  partial: z.boolean().optional(),
  /** For how long some writer has held the feed back by now, milliseconds; left out when nobody does. */
  heldBackMs: z.int().optional(),
  /** What central had committed by then is in a backup: a desk need not keep it to bring it back. Unix milliseconds. */
  backedUpTo: z.int().optional(),
});
export interface PullResponse extends Omit<z.infer<typeof pullResponse>, 'changes'> {
  changes: Change[];
}
