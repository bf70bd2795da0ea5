import { z } from 'zod';
import { calendarDate } from '../../src-shared/domain/calendar-date.ts';
import { readInvoiceLines } from '../customers/read-invoices.ts';
import { branchByCode } from './branch-by-code.ts';
import { branchOfUser, fieldFault, managerProcedure, notAllowed, router } from './trpc.ts';

/** Days that are read at once. */
const MAX_DAYS = 31;

export const invoicesRouter = router({
  /**
   * Line by line what left a branch and what came back between two days, inclusive, with buyer, tax and amounts: what an
   * invoicing program takes. At most 31 days at once. Managers of their own branch.
   */
  lines: managerProcedure
    .input(z.object({ branchCode: z.string().min(1).max(4), from: calendarDate, to: calendarDate }))
    .query(async ({ ctx, input: { branchCode, from, to } }) => {
      const branchId = await branchByCode(ctx.db, branchCode);
      const own = branchOfUser(ctx.user);
      if (own !== null && own !== branchId) throw notAllowed();
      const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
      if (days < 1) throw fieldFault('to', 'is before from');
      if (days > MAX_DAYS) throw fieldFault('to', `is more than ${MAX_DAYS} days from the first: ask for less at once`);
      return readInvoiceLines(ctx.db, { branchId, from, to });
    }),
});
