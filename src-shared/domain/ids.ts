/**
 * Branded identifiers. All are UUID strings on the wire and in both databases; the brand keeps a customer's id out of
 * a product's place at compile time and costs nothing at run time.
 */
import { z } from 'zod';

export const branchId = z.uuid().brand<'BranchId'>();
export const warehouseId = z.uuid().brand<'WarehouseId'>();
export const productId = z.uuid().brand<'ProductId'>();
export const customerId = z.uuid().brand<'CustomerId'>();
export const priceListId = z.uuid().brand<'PriceListId'>();
export const priceId = z.uuid().brand<'PriceId'>();
export const groupId = z.uuid().brand<'GroupId'>();
export const promotionId = z.uuid().brand<'PromotionId'>();
export const userId = z.uuid().brand<'UserId'>();
export const sessionId = z.uuid().brand<'SessionId'>();
export const deviceId = z.uuid().brand<'DeviceId'>();
export const incarnationId = z.uuid().brand<'IncarnationId'>();

/** Made by the caller, so that asking twice after a lost answer is asking about the same order. */
export const orderId = z.uuidv7().brand<'OrderId'>();
/** Made by the desk when the intent is written down; it lives as long as the order. */
export const mutationId = z.uuidv7().brand<'MutationId'>();

export type BranchId = z.infer<typeof branchId>;
export type WarehouseId = z.infer<typeof warehouseId>;
export type ProductId = z.infer<typeof productId>;
export type CustomerId = z.infer<typeof customerId>;
export type PriceListId = z.infer<typeof priceListId>;
export type PriceId = z.infer<typeof priceId>;
export type GroupId = z.infer<typeof groupId>;
export type PromotionId = z.infer<typeof promotionId>;
export type UserId = z.infer<typeof userId>;
export type SessionId = z.infer<typeof sessionId>;
export type DeviceId = z.infer<typeof deviceId>;
export type IncarnationId = z.infer<typeof incarnationId>;
export type OrderId = z.infer<typeof orderId>;
export type MutationId = z.infer<typeof mutationId>;
