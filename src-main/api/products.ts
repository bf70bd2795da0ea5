import { z } from 'zod';
import { pageInput, procedure, router } from './trpc.ts';

export const products = router({
  search: procedure
    .input(
      z.object({
        text: z.string().max(200),
        limit: z.int().positive().max(100).default(20),
        customerId: z.string().optional(),
      }),
    )
    .query(({ ctx, input }) => ctx.services.products.search(input)),
  list: procedure
    .input(z.object({ text: z.string().max(200).optional(), ...pageInput }))
    .query(({ ctx, input }) => ctx.services.products.list(input)),
  get: procedure
    .input(z.object({ productId: z.string() }))
    .query(({ ctx, input }) => ctx.services.products.get(input.productId)),
});
