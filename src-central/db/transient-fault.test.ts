// Goal: what the house does to a query is never taken for a fault of what was written. Method: the real driver, ended.
import pg from 'pg';
import { expect, test } from 'vitest';
import { connectCentral } from './connect.ts';
import { isDatabaseTrouble, isTransientFault } from './transient-fault.ts';

/** Nobody listens there. */
const NOWHERE = 'postgres://127.0.0.1:1/none';

test('work that goes on while central stops passes by itself', async () => {
  const db = connectCentral(NOWHERE, { connections: 1 });
  const ask = () => db.selectFrom('epoch').select('epoch').execute();
  const refused = await ask().catch((error: unknown) => error);
  expect(isTransientFault(refused)).toBe(true);
  await db.destroy();
  const stopped = await ask().catch((error: unknown) => error);
  expect(String(stopped)).toContain('destroyed');
  expect(isTransientFault(stopped)).toBe(true);
});

test('a pool that was ended does, too; an error of the program itself does not', async () => {
  const pool = new pg.Pool({ connectionString: NOWHERE });
  await pool.end();
  expect(isTransientFault(await pool.query('select 1').catch((error: unknown) => error))).toBe(true);
  expect(isDatabaseTrouble(new TypeError('x is not a function'))).toBe(false);
});
