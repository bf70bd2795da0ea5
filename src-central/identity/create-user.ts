/** New people, and the first one of a new database. */
import { randomUUID } from 'node:crypto';
import type { Role } from '../../src-shared/domain/role.ts';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { hashPassword } from './passwords.ts';
import { userOf, type User } from './sign-in.ts';

export interface NewUser {
  userName: string;
  displayName: string;
  role: Role;
  /** null for admins only. */
  branchId: string | null;
  password: string;
}

/** @throws a unique violation (23505) when the name is taken, without regard to case. */
export async function createUser(db: CentralDb, of: NewUser): Promise<User> {
  const user = {
    user_id: randomUUID(),
    user_name: of.userName,
    display_name: of.displayName,
    role: of.role,
    branch_id: of.branchId,
    password_hash: await hashPassword(of.password),
  };
  const row = await writeTransaction(db, [], (tx) =>
    tx.insertInto('app_user').values(user).returningAll().executeTakeFirstOrThrow(),
  );
  return userOf(row);
}

/** Makes `admin` where there is nobody. @returns whether it did. */
export async function createFirstAdmin(db: CentralDb, password: string): Promise<boolean> {
  const anybody = await db.selectFrom('app_user').select('user_id').limit(1).executeTakeFirst();
  if (anybody) return false;
  await createUser(db, { userName: 'admin', displayName: 'Admin', role: 'admin', branchId: null, password });
  return true;
}
