import { ordersOut } from '../../src-shared/protocol/orders-out.ts';
import { MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';
import { mayActFor } from '../identity/sign-in.ts';
import { bringIn, deskOfFile } from '../office/bring-in.ts';
import { managerProcedure, notAllowed } from './trpc.ts';

/** A part of an "orders out" file, at most as many entries as a push has; again and again does no harm. */
export const bringInOrders = managerProcedure
  .input(ordersOut.extend({ entries: ordersOut.shape.entries.min(1).max(MAX_PUSH_MUTATIONS) }))
  .mutation(async ({ ctx, input }) => {
    const desk = await deskOfFile(ctx.db, input.device.deviceId);
    if (!mayActFor(ctx.user, desk.branch.branchId)) throw notAllowed();
    return { outcomes: await bringIn(ctx, desk, input.entries) };
  });
