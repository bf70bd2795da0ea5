import { z } from 'zod';
import { calendarDate } from '../../src-shared/domain/calendar-date.ts';
import type { CustomerDataFault } from '../../src-shared/domain/customer-data.ts';
import { customer as customerShape } from '../../src-shared/domain/customer.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { changeCustomer } from '../customers/change-customer.ts';
import { readStatement } from '../customers/read-statement.ts';
import { moveCustomer } from '../customers/move-customer.ts';
import { setCustomerGroup } from '../house/set-customer-group.ts';
import { branchByCode } from './branch-by-code.ts';
import { typedText } from './typed-text.ts';
import {
  adminProcedure,
  branchOfUser,
  fieldFault,
  managerProcedure,
  notAllowed,
  router,
  userProcedure,
} from './trpc.ts';

const { addresses, contacts, taxId, salesperson, terms, hold } = customerShape.shape;
/** Null takes away what is there; a field that is left out stays. */
const changeable = z.object({
  phone: typedText(customerShape.shape.phone.unwrap()).nullable().optional(),
  addresses: addresses.nullable(),
  contacts: contacts.nullable(),
  taxId: taxId.nullable(),
  salesperson: salesperson.nullable(),
  terms: terms.nullable(),
  hold: hold.nullable(),
});

const FAULTS: Record<CustomerDataFault['why'], (value: string) => string> = {
  missing: () => 'is missing: the house wants it of every customer',
  notTaxId: (value) => `"${value}" is no tax id of the house's country: look at its digits again`,
  notPhone: (value) => `"${value}" is no phone number that can be called: one of another country needs + and its code`,
};

function faultyField({ field, why, value }: CustomerDataFault): { path: string; reason: string } {
  return { path: field, reason: FAULTS[why](value) };
}

export const customersRouter = router({
  /**
   * What is known of a customer: addresses, contacts, tax id, salesperson, credit terms, a block or hold with its reason.
   * Managers for their own branch's customers.
   */
  change: managerProcedure
    .input(changeable.extend({ customerCode: z.string().min(1).max(60) }))
    .mutation(async ({ ctx, input }) => {
      const { customerCode, ...change } = input;
      const { currency } = ctx.epoch;
      const asked = { customerCode, change, currency, ofBranch: branchOfUser(ctx.user) };
      const done = await changeCustomer(ctx.db, asked);
      switch (done.outcome) {
        case 'unknown':
          throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: done.what });
        case 'other branch':
          throw notAllowed();
        case 'faulty':
          throw new AppError({ code: 'MALFORMED', retry: 'never', fields: done.faults.map(faultyField) });
        default:
          if (done.xid !== undefined) ctx.committed(done.xid);
          return { changed: done.outcome === 'changed', customer: done.row };
      }
    }),

  /** What a customer owed, what happened, what they owe, and how old that is. Clerks and managers of their own branch's. */
  statement: userProcedure
    .input(z.object({ customerCode: z.string().min(1).max(60), from: calendarDate, to: calendarDate }))
    .query(async ({ ctx, input }) => {
      const asked = { ...input, currency: ctx.epoch.currency, ofBranch: branchOfUser(ctx.user) };
      const statement = await readStatement(ctx.db, asked);
      if (statement === 'other branch') throw notAllowed();
      if (statement !== 'unknown') return statement;
      throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `customer ${input.customerCode}` });
    }),

  /** From one branch to another, own prices and all. The desks of both hear of it at once. */
  move: adminProcedure
    .input(z.object({ customerCode: z.string().min(1).max(60), branchCode: z.string().min(1).max(4) }))
    .mutation(async ({ ctx, input }) => {
      const branchId = await branchByCode(ctx.db, input.branchCode);
      const customer = await ctx.db
        .selectFrom('customer')
        .select('customer_id')
        .where((row) => row.fn('lower', ['code']), '=', input.customerCode.toLowerCase())
        .executeTakeFirst();
      const unknown = new AppError({ code: 'NOT_FOUND', retry: 'never', what: `customer ${input.customerCode}` });
      if (!customer) throw unknown;
      const moved = await moveCustomer(ctx.db, { customerId: customer.customer_id, branchId });
      switch (moved.outcome) {
        case 'unknown customer':
          throw unknown;
        case 'too many prices':
          throw fieldFault(
            'customerCode',
            `has ${moved.prices} own prices; at most ${moved.most} can be moved at once`,
          );
        case 'moved':
          if (moved.xid !== undefined) ctx.committed(moved.xid);
          return { moved: true };
        case 'unchanged':
          return { moved: false };
      }
    }),

  /** The group whose lists and promotions count for the customer; null: none. Managers for their own branch's customers. */
  setGroup: managerProcedure
    .input(z.object({ customerCode: z.string().min(1).max(60), groupCode: z.string().min(1).max(60).nullable() }))
    .mutation(async ({ ctx, input }) => {
      const set = await setCustomerGroup(ctx.db, { ...input, ofBranch: branchOfUser(ctx.user) });
      switch (set.outcome) {
        case 'unknown':
          throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: set.what });
        case 'other branch':
          throw notAllowed();
        default:
          if (set.xid !== undefined) ctx.committed(set.xid);
          return { set: set.outcome === 'changed' };
      }
    }),
});
