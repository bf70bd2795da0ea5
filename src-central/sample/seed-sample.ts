/**
 * Fills a new database with the sample house of samples/: two branches, their people, a real catalogue, customers,
 * prices, stock and real past orders; and what the house has decided (sample-rules.ts). Everything goes through the
 * importer and the writers of the house's rules, so it is in the feed like any other data.
 *
 * Guarantees: a run that was killed is completed by the next one; a finished one is not touched again, whatever people
 * have done since. A database with a branch of its own is left alone.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { CentralDb } from '../db/schema.ts';
import { createUser } from '../identity/create-user.ts';
import { ensureBranch } from '../import/ensure-branch.ts';
import { readHouse } from '../import/house.ts';
import { importFile, type ImportClock, type ImportKind } from '../import/import-file.ts';
import { openSource } from '../import/source/open-source.ts';
import type { RowSource } from '../import/source/row-source.ts';
import { generatedCatalogue } from './generated-catalogue.ts';
import { SAMPLE_PEOPLE } from './sample-people.ts';
import { seedGroups, seedRules } from './sample-rules.ts';

const BRANCHES = [
  { code: 'PD', name: '浦东店', timeZone: 'Asia/Shanghai' },
  { code: 'XH', name: '徐汇店', timeZone: 'Asia/Shanghai' },
] as const;

/** In this order: each knows what came before it. */
const FILES: readonly [ImportKind, string][] = [
  ['products', 'products.csv'],
  ['customers', 'customers.csv'],
  ['prices', 'prices.csv'],
  ['stock', 'stock.csv'],
  ['orders', 'orders.csv.gz'],
];

const clock: ImportClock = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };

/**
 * @param size `large` adds a generated catalogue of 100,000 products and 20,000 customers.
 * @throws Error when a row of the sample is refused: then the sample and the rules don't fit together any more.
 */
export async function seedSample(db: CentralDb, size: 'small' | 'large'): Promise<void> {
  if (!(await isOurs(db)) || (await isSeeded(db))) return;
  const branches = new Map<string, string>();
  for (const branch of BRANCHES) {
    const made = await ensureBranch(db, branch, () => uuidV7(clock.now(), clock.randomBytes(10)));
    branches.set(made.code, made.branchId);
  }
  await seedGroups(db);
  for (const [kind, name] of FILES) {
    const file = fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
    await importWhole(db, { kind, source: await openSource(file), fileName: name });
  }
  if (size === 'large') {
    for (const [kind, source] of generatedCatalogue()) {
      await importWhole(db, { kind, source, fileName: `generated ${kind}` });
    }
  }
  await seedRules(db, (await readHouse(db)).currency);
  for (const { branchCode, ...person } of SAMPLE_PEOPLE) {
    const there = await db
      .selectFrom('app_user')
      .select('user_id')
      .where('user_name', '=', person.userName)
      .executeTakeFirst();
    if (!there) await createUser(db, { ...person, branchId: branches.get(branchCode ?? '') ?? null });
  }
}

async function isOurs(db: CentralDb): Promise<boolean> {
  const branches = await db.selectFrom('branch').select(['code', 'name']).execute();
  return branches.every(({ code, name }) => BRANCHES.some((ours) => ours.code === code && ours.name === name));
}

async function isSeeded(db: CentralDb): Promise<boolean> {
  const admin = await db.selectFrom('app_user').select('user_id').where('role', '=', 'admin').executeTakeFirst();
  return admin !== undefined;
}

async function importWhole(
  db: CentralDb,
  of: { kind: ImportKind; source: RowSource; fileName: string },
): Promise<void> {
  const { outcomes } = await importFile(db, of, clock);
  const [first] = outcomes.refusals;
  if (first) throw new Error(`the sample's ${of.kind}: row ${first[0]} was refused: ${JSON.stringify(first[1])}`);
}
