import { z } from 'zod';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { role } from '../../src-shared/domain/role.ts';
import { sqlStateOf } from '../db/transient-fault.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { createUser } from '../identity/create-user.ts';
import { userOf } from '../identity/sign-in.ts';
import { MIN_PASSWORD_LENGTH } from '../limits.ts';
import { adminProcedure, fieldFault, router } from './trpc.ts';

const newUser = z.object({
  userName: z
    .string()
    .min(1)
    .max(60)
    .refine((name) => name === name.trim(), 'has spaces around it'),
  displayName: z.string().min(1).max(60),
  role,
  /** Needed for clerks and managers; admins belong to all branches. */
  branchCode: z.string().min(1).max(4).optional(),
  password: z.string().min(MIN_PASSWORD_LENGTH).max(200),
});

export const usersRouter = router({
  list: adminProcedure.query(async ({ ctx }) => {
    const rows = await ctx.db.selectFrom('app_user').selectAll().orderBy('user_name').execute();
    return rows.map((row) => Object.assign(userOf(row), { active: row.active }));
  }),

  create: adminProcedure.input(newUser).mutation(async ({ ctx, input }) => {
    const { branchCode, ...rest } = input;
    let branchId: string | null = null;
    if (input.role !== 'admin') {
      if (branchCode === undefined) throw fieldFault('branchCode', 'needed for clerks and managers');
      const branch = await ctx.db
        .selectFrom('branch')
        .select('branch_id')
        .where('code', '=', branchCode.toUpperCase())
        .executeTakeFirst();
      if (!branch) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `branch ${branchCode}` });
      branchId = branch.branch_id;
    }
    try {
      return await createUser(ctx.db, { ...rest, branchId });
    } catch (error) {
      if (sqlStateOf(error) === '23505') throw fieldFault('userName', 'taken');
      throw error;
    }
  }),

  /** An inactive person can't sign in, and what was signed before but not yet judged is refused. */
  setActive: adminProcedure
    .input(z.object({ userId: z.uuid(), active: z.boolean() }))
    .mutation(async ({ ctx, input }) => {
      const row = await writeTransaction(ctx.db, [], (tx) =>
        tx
          .updateTable('app_user')
          .set({ active: input.active })
          .where('user_id', '=', input.userId)
          .returningAll()
          .executeTakeFirst(),
      );
      if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `user ${input.userId}` });
      return { ...userOf(row), active: row.active };
    }),
});
