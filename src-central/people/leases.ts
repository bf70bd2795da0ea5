/** Stock that is set aside for desks: set aside by a manager, taken back by one in the end. */
import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { mayActFor } from '../identity/sign-in.ts';
import { forceRelease, leaseStock } from '../leases/stock-leases.ts';
import { MAX_LEASE_HOURS } from '../limits.ts';
import { branchOfUser, fieldFault, managerProcedure, notAllowed, router } from './trpc.ts';

const HOUR_MS = 3_600_000;

export const leasesRouter = router({
  /** The live ones, of the manager's branch or of all. Quantities in thousandths of the base unit. */
  list: managerProcedure.query(async ({ ctx }) => {
    const own = branchOfUser(ctx.user);
    const rows = await ctx.db
      .selectFrom('stock_lease as l')
      .innerJoin('device as d', 'd.device_id', 'l.device_id')
      .innerJoin('product as p', 'p.product_id', 'l.product_id')
      .where('l.live', '=', true)
      .$if(own !== null, (query) => query.where('d.branch_id', '=', own ?? ''))
      .select(['l.lease_id', 'd.name as device_name', 'p.code', 'l.quantity_base', 'l.used_base', 'l.expires_at'])
      .orderBy('l.expires_at')
      .execute();
    return rows.map((row) => ({
      leaseId: row.lease_id,
      deviceName: row.device_name,
      productCode: row.code,
      quantityBase: row.quantity_base,
      usedBase: row.used_base,
      expiresAt: row.expires_at,
    }));
  }),

  /** Sets stock aside for one desk; where it has a lease of the product, that much more and for so long. */
  grant: managerProcedure
    .input(
      z.object({
        deviceId: z.uuid(),
        productCode: z.string().min(1).max(60),
        quantityBase: z.int().positive(),
        hours: z.number().positive().max(MAX_LEASE_HOURS),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const device = await deviceOf(ctx.db, input.deviceId);
      if (!mayActFor(ctx.user, device.branch.branchId)) throw notAllowed();
      const product = await ctx.db
        .selectFrom('product')
        .select('product_id')
        .where((row) => row.fn('lower', ['code']), '=', input.productCode.toLowerCase())
        .executeTakeFirst();
      if (!product) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `product ${input.productCode}` });
      const leased = await leaseStock(ctx.db, device, {
        productId: product.product_id,
        quantityBase: input.quantityBase,
        expiresAt: Date.now() + Math.round(input.hours * HOUR_MS),
      });
      switch (leased.outcome) {
        case 'leased':
          if (leased.xid !== undefined) ctx.committed(leased.xid);
          return { leaseId: leased.leaseId };
        case 'short':
          throw fieldFault('quantityBase', `only ${leased.availableBase} available`);
        case 'held':
          throw fieldFault('deviceId', `an earlier life of this desk holds lease ${leased.leaseId}: release it first`);
      }
    }),

  /** Of a desk that will not come back: what it promised and could not tell of may then be sold to others. */
  release: managerProcedure
    .input(z.object({ leaseId: z.uuid(), reason: z.string().trim().min(1).max(500) }))
    .mutation(async ({ ctx, input }) => {
      const row = await ctx.db
        .selectFrom('stock_lease')
        .select(['device_id', 'warehouse_id'])
        .where('lease_id', '=', input.leaseId)
        .executeTakeFirst();
      if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `lease ${input.leaseId}` });
      const { branch } = await deviceOf(ctx.db, row.device_id);
      if (!mayActFor(ctx.user, branch.branchId)) throw notAllowed();
      const { released, xid } = await forceRelease(ctx.db, {
        leaseId: input.leaseId,
        branchId: branch.branchId,
        warehouseId: row.warehouse_id,
        userId: ctx.user.userId,
        reason: input.reason,
      });
      if (xid !== undefined) ctx.committed(xid);
      return { released };
    }),
});

async function deviceOf(db: CentralDb, deviceId: string): Promise<Parameters<typeof leaseStock>[1]> {
  const row = await db
    .selectFrom('device')
    .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
    .where('device_id', '=', deviceId)
    .selectAll('branch')
    .executeTakeFirst();
  if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `device ${deviceId}` });
  return { deviceId: deviceId as Parameters<typeof leaseStock>[1]['deviceId'], branch: branchOf(row) };
}
