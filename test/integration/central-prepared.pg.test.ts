/** Statements that are planned once for each connection, on a real PostgreSQL. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectCentral } from '../../src-central/db/connect.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';

let postgres: TestPostgres;
let db: CentralDb;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const { url } = await postgres.createDatabase();
  db = connectCentral(url, { connections: 1 });
}, 120_000);
afterAll(async () => {
  await db.destroy();
  await postgres.stop();
});

async function kept(): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db);
  return rows.map(({ statement }) => statement);
}

const ask = (value: number) => sql<{ value: number }>`select ${value}::integer + 1 as value`.execute(db);

test('a statement is planned once, and answers each time with the values of that time', async () => {
  expect((await ask(1)).rows).toEqual([{ value: 2 }]);
  expect((await ask(41)).rows).toEqual([{ value: 42 }]);
  expect((await kept()).filter((statement) => statement.includes('::integer + 1'))).toHaveLength(1);
});

test('a table that another version of central has changed fails a kept statement once, and never again', async () => {
  await sql`create table shifting (id integer)`.execute(db);
  const read = () => sql<object>`select * from shifting where id = ${1}`.execute(db);
  await sql`insert into shifting values (${1})`.execute(db);
  expect((await read()).rows).toEqual([{ id: 1 }]);
  await sql`alter table shifting add column name text default 'new'`.execute(db);
  await expect(read()).rejects.toMatchObject({ code: '0A000' });
  expect((await read()).rows).toEqual([{ id: 1, name: 'new' }]);
});
