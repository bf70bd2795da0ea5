// Goal: the sample is whole, seeded once, and never poured into somebody's own house. Method: real databases, one of them
// left half seeded as a crash leaves it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CentralDb, CentralTables } from '../../src-central/db/schema.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import { ensureBranch } from '../../src-central/import/ensure-branch.ts';
import { seedSample } from '../../src-central/sample/seed-sample.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { newId } from '../support/test-house.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

async function newDatabase(): Promise<CentralDb> {
  const { db } = await postgres.createDatabase();
  await ensureEpoch(db, 'GBP');
  return db;
}

async function countOf(db: CentralDb, table: keyof CentralTables): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

test('a seeding that was cut off is completed, and a finished one is left alone', async () => {
  const db = await newDatabase();
  const pudong = await ensureBranch(db, { code: 'PD', name: '浦东店', timeZone: 'Asia/Shanghai' }, newId);
  await seedSample(db, 'small');
  expect(await countOf(db, 'product')).toBe(2_386);
  expect(await countOf(db, 'sales_order')).toBe(1_348);
  expect(await countOf(db, 'app_user')).toBe(4);
  // What the desk of `npm start` shows, which is in this branch.
  const own = await db
    .selectFrom('customer')
    .select((select) => select.fn.countAll<number>().as('customers'))
    .where('branch_id', '=', pudong.branchId)
    .executeTakeFirstOrThrow();
  expect(own.customers).toBeGreaterThanOrEqual(850);
  const changes = await countOf(db, 'change');
  await db.updateTable('customer').set({ name: '改过的名字' }).where('code', '=', '12347').execute();
  await seedSample(db, 'small');
  expect(await countOf(db, 'change')).toBe(changes);
});

test('a house with a branch of its own gets no sample', async () => {
  const db = await newDatabase();
  await ensureBranch(db, { code: 'HQ', name: '总店', timeZone: 'Asia/Shanghai' }, newId);
  await seedSample(db, 'small');
  expect(await countOf(db, 'product')).toBe(0);
});
