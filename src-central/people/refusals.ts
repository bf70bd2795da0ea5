import { z } from 'zod';
import { customerId, mutationId } from '../../src-shared/domain/ids.ts';
import { repair } from '../../src-shared/domain/issue.ts';
import { askedLine } from '../../src-shared/mutations/order-place.ts';
import { MAX_ORDER_LINES } from '../../src-shared/domain/order.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { mayActFor } from '../identity/sign-in.ts';
import { branchOfRefusal } from '../office/find-refusal.ts';
import { dealWithRefusal, type Asked, type Dealt } from '../office/deal-with-refusal.ts';
import { listRefusals } from '../office/list-refusals.ts';
import { branchOfUser, managerProcedure, notAllowed, router, type ManagerContext } from './trpc.ts';

const PAGE_MAX = 200;
const about = { mutationId, baseVersion: z.int().nonnegative() };

/** What central refused the desks, for branch managers (their own branch) and admins: mended or let go of here. */
export const refusalsRouter = router({
  list: managerProcedure
    .input(z.object({ limit: z.int().positive().max(PAGE_MAX).default(50) }).prefault({}))
    .query(({ ctx, input }) =>
      listRefusals(ctx.db, { branchId: branchOfUser(ctx.user), limit: input.limit, language: ctx.language }),
    ),

  /**
   * Makes the mutation that stands in a refused one's place: with the chosen repairs, or with lines, customer or note
   * anew. With none of them it is judged again as it is, in this person's name: so a manager approves.
   */
  repair: managerProcedure
    .input(
      z.object({
        ...about,
        repairs: z
          .array(repair)
          .max(2 * MAX_ORDER_LINES)
          .default([]),
        lines: z.array(askedLine).max(MAX_ORDER_LINES).optional(),
        customerId: customerId.optional(),
        note: z.string().max(200_000).optional(),
      }),
    )
    .mutation(({ ctx, input: { mutationId: id, baseVersion, ...mending } }) =>
      decide(ctx, { mutationId: id, baseVersion, decision: { what: 'mend', mending } }),
    ),

  /** Lets it go, with the reason written down: of an order that never was, a cancelled one keeps the number. */
  dismiss: managerProcedure
    .input(z.object({ ...about, reason: z.string().trim().min(1).max(500) }))
    .mutation(({ ctx, input: { mutationId: id, baseVersion, reason } }) =>
      decide(ctx, { mutationId: id, baseVersion, decision: { what: 'letGo', reason } }),
    ),
});

async function decide(ctx: ManagerContext, asked: Asked) {
  const branch = await branchOfRefusal(ctx.db, asked.mutationId);
  if (!mayActFor(ctx.user, branch.branchId)) throw notAllowed();
  return spoken(await dealWithRefusal(ctx, branch, asked), ctx);
}

function spoken(dealt: Dealt, { language }: ManagerContext) {
  const issues = 'issues' in dealt ? dealt.issues : [];
  return { ...dealt, issues: issues.map((issue) => Object.assign({ message: issueText(issue, language) }, issue)) };
}
