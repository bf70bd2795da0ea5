/** What the importer needs to know of the house before the first row. */
import type { Branch } from '../../src-shared/domain/branch.ts';
import { currency, type Currency } from '../../src-shared/domain/money.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { importError } from './import-error.ts';

export interface House {
  currency: Currency;
  branches: readonly Branch[];
}

/** @throws ImportError `notReady` before central's first start on this database. */
export async function readHouse(db: CentralDb): Promise<House> {
  const epoch = await db.selectFrom('epoch').select('currency').executeTakeFirst();
  if (!epoch) throw importError('notReady', {});
  const branches = await db.selectFrom('branch').selectAll().orderBy('code').execute();
  return { currency: currency.parse(epoch.currency), branches: branches.map(branchOf) };
}

/** The branch of this code, without regard to case. */
export function branchByCode(house: House, code: string): Branch | undefined {
  return house.branches.find((branch) => branch.code.toLowerCase() === code.toLowerCase());
}

/**
 * The branch that rows without one of their own belong to: the named one, or the only one there is.
 *
 * @throws ImportError when the named one isn't there.
 */
export function defaultBranch(house: House, code: string | undefined): Branch | undefined {
  if (code === undefined) return house.branches.length === 1 ? house.branches[0] : undefined;
  const found = branchByCode(house, code);
  if (found) return found;
  throw importError('branchUnknown', { branch: code, branches: branchCodes(house) });
}

export function branchCodes(house: House): string {
  return house.branches.map((branch) => branch.code).join(', ');
}
