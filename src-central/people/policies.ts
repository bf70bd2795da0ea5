import { z } from 'zod';
import { policy, type PolicyName } from '../../src-shared/domain/policy.ts';
import { isKnownCountry } from '../customers/customer-data-faults.ts';
import { putPolicy, readPolicy } from '../house/policies.ts';
import { adminProcedure, fieldFault, managerProcedure, router } from './trpc.ts';

const POLICY_NAMES = policy.options.map(({ shape }) => shape.name.value);

export const policiesRouter = router({
  /** What holds; `decided` is false where the house has said nothing and the defaults do. */
  get: managerProcedure
    .input(z.object({ name: z.enum(POLICY_NAMES satisfies PolicyName[]) }))
    .query(({ ctx, input }) => readPolicy(ctx.db, input.name)),

  set: adminProcedure.input(policy).mutation(async ({ ctx, input }) => {
    if (input.name === 'manualPrices') {
      // A manager may what a clerk may, an admin what a manager may (role.ts).
      if (input.manager < input.clerk) throw fieldFault('manager', 'is less than the clerk may');
      if (input.admin < input.manager) throw fieldFault('admin', 'is less than the manager may');
    }
    if (input.name === 'customerData') {
      const { country, checkTaxId, checkPhone } = input;
      if (country === null && (checkTaxId || checkPhone)) throw fieldFault('country', 'is missing: say whose');
      if (country !== null && !(await isKnownCountry(country)))
        throw fieldFault('country', `${country} is not known here`);
    }
    const { outcome, row, xid } = await putPolicy(ctx.db, input);
    if (xid !== undefined) ctx.committed(xid);
    return { outcome, policy: row };
  }),
});
