import { z } from 'zod';
import { promotion, type Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { endPromotion, putPromotion } from '../house/put-promotion.ts';
import type { Unknown, Written } from '../house/written.ts';
import { adminProcedure, router, type PeopleContext } from './trpc.ts';
import { typedText } from './typed-text.ts';

const code = typedText(promotion.shape.code);
const newPromotion = promotion
  .omit({ promotionId: true })
  .extend({ code, name: typedText(promotion.shape.name) })
  .refine(({ validFrom, validTo }) => validTo === null || validTo >= validFrom, {
    path: ['validTo'],
    message: 'is before validFrom',
  });

export const promotionsRouter = router({
  /** All, also those that have ended, by code. */
  list: adminProcedure.query(async ({ ctx }) => {
    const rows = await ctx.db.selectFrom('promotion').select('document').orderBy('code').execute();
    return rows.map(({ document }) => document);
  }),

  /** Makes one, or puts this one in place of the one of that code, in whatever case. What it names has to be there. */
  put: adminProcedure
    .input(newPromotion)
    .mutation(async ({ ctx, input }) => answered(ctx, await putPromotion(ctx.db, input))),

  /** For good, until it is put again as active. */
  end: adminProcedure
    .input(z.object({ code }))
    .mutation(async ({ ctx, input }) => answered(ctx, await endPromotion(ctx.db, input.code))),
});

function answered(
  ctx: PeopleContext,
  written: Written<Promotion> | Unknown,
): { outcome: Written<Promotion>['outcome']; promotion: Promotion } {
  if (written.outcome === 'unknown') throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: written.what });
  const { outcome, row, xid } = written;
  if (xid !== undefined) ctx.committed(xid);
  return { outcome, promotion: row };
}
