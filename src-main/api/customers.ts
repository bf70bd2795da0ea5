import { z } from 'zod';
import { pageInput, procedure, router } from './trpc.ts';

export const customers = router({
  search: procedure
    .input(z.object({ text: z.string().max(200), limit: z.int().positive().max(100).default(20) }))
    .query(({ ctx, input }) => ctx.services.customers.search(input)),
  list: procedure
    .input(z.object({ text: z.string().max(200).optional(), ...pageInput }))
    .query(({ ctx, input }) => ctx.services.customers.list(input)),
  get: procedure
    .input(z.object({ customerId: z.string() }))
    .query(({ ctx, input }) => ctx.services.customers.get(input.customerId)),
});
