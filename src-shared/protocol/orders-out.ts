/**
 * "Orders out": what an outbox holds, as a file that a person carries to central when the desk itself can't send it.
 * Each entry is what the desk would have pushed, signature and all, so central trusts the file no more than the line.
 */
import { z } from 'zod';
import { deviceId } from '../domain/ids.ts';

export const ORDERS_OUT_FORMAT = 'orderdesk-orders-out';

export const ordersOutEntry = z.object({
  id: z.string(),
  seq: z.int().positive(),
  lane: z.string(),
  name: z.string(),
  /** Where it stood on the desk, and why. */
  state: z.string(),
  reason: z.string().nullable(),
  /** Unix milliseconds by the desk's clock. */
  madeAt: z.int(),
  /** The text that was signed; null where its bytes are no text any more. */
  body: z.string().nullable(),
  /** The bytes as they are, base64, of a body that is damaged. */
  bytes: z.string().optional(),
  bodyHash: z.string(),
  signature: z.string(),
});
export type OrdersOutEntry = z.infer<typeof ordersOutEntry>;

export const ordersOut = z.object({
  format: z.literal(ORDERS_OUT_FORMAT),
  version: z.literal(1),
  /** Unix milliseconds. */
  writtenAt: z.int(),
  device: z.object({ deviceId, name: z.string(), incarnationId: z.string() }),
  branchCode: z.string(),
  entries: z.array(ordersOutEntry),
});
export type OrdersOut = z.infer<typeof ordersOut>;
