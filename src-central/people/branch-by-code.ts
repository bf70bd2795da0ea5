import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CentralDb } from '../db/schema.ts';

/** The id of the branch with that code, in whatever case it was typed. @throws AppError NOT_FOUND. */
export async function branchByCode(db: CentralDb, code: string): Promise<string> {
  const branch = await db
    .selectFrom('branch')
    .select('branch_id')
    .where('code', '=', code.toUpperCase())
    .executeTakeFirst();
  if (!branch) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `branch ${code}` });
  return branch.branch_id;
}
