/** Copies: what is in them, which of them stay, and that a bad one never gets a name. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import { filledDesk } from '../../test/support/filled-desk.ts';
import { migrate } from '../store/migrate.ts';
import { copyOrders } from './copy-orders.ts';
import { copyPath, deskFolder, listCopies, stampOf, type Copy } from './desk-folder.ts';
import { runKeeperJob } from './keeper-jobs.ts';
import { OWN_TABLES } from './own-tables.ts';
import { copiesToRemove } from './prune-copies.ts';

/** Fetched from central again, or made anew from what is there: not in a copy of the orders. */
const MADE_ANEW = [
  'branch',
  'product',
  'customer',
  'price_list',
  'price',
  'customer_account',
  'customer_group',
  'promotion',
  'policy',
  'stock',
  'sales_order',
  'receipt',
  'scope',
  'scope_grant',
  'fill_part',
  'fill_removed',
  'reservation',
  'local_order',
  'stock_lease',
  'staged_page',
];

test('every table is either the desk’s own, and copied, or can be made anew', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrate(sqlite, REPLICA_MIGRATIONS, 0);
  const tables = sqlite
    .prepare<[], string>("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all()
    .filter((name) => !/_(search|terms)(_|$)/.test(name));
  expect(tables.toSorted()).toEqual([...OWN_TABLES, ...MADE_ANEW].toSorted());
  sqlite.close();
});

describe('of the copies that are made over weeks', () => {
  const policy = { newest: 3, hours: 3, days: 7, mostBytes: 1_000 };
  const ages = fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 40 * 86_400_000 }), bytes: fc.integer({ min: 1, max: 400 }) }),
  );

  test('the newest always stays, and the rest is bounded in number and bytes', () => {
    fc.assert(
      fc.property(ages, (made) => {
        const copies = made
          .map((copy, n): Copy => ({ kind: 'orders', path: String(n), ...copy }))
          .toSorted((a, b) => b.at - a.at);
        const gone = new Set(copiesToRemove(copies, policy));
        const kept = copies.filter((copy) => !gone.has(copy));
        if (copies.length === 0) return;
        expect(kept[0]).toBe(copies[0]);
        expect(kept.length).toBeLessThanOrEqual(policy.newest + policy.hours + policy.days);
        const bytes = kept.reduce((sum, copy) => sum + copy.bytes, 0);
        expect(kept.length === 1 || bytes <= policy.mostBytes).toBe(true);
      }),
    );
  });

  test('there is one for each of the last days, however many were made today', () => {
    const day = 86_400_000;
    const now = 100 * day + day / 2;
    const today = Array.from({ length: 50 }, (_, n): Copy => ({
      kind: 'orders',
      path: `t${n}`,
      at: now - n * 60_000,
      bytes: 1,
    }));
    const before = [1, 2, 3].map((n): Copy => ({ kind: 'orders', path: `d${n}`, at: now - n * day, bytes: 1 }));
    const gone = copiesToRemove([...today, ...before], policy);
    expect(gone).not.toContain(before[0]);
    expect(gone).not.toContain(before[2]);
    expect(gone).toHaveLength(47);
  });
});

test('a copy of a file whose text is garbled gets no name, and the good ones stay', async () => {
  const made = await filledDesk({ products: 20, settled: 0, waiting: 5, inWal: 0, linesEach: 3 });
  const dataDir = made.leave('orders');
  const folder = deskFolder(dataDir);
  const before = listCopies(folder);
  const sqlite = new SqliteDatabase(folder.file);
  sqlite.prepare("update outbox set body = replace(body, 'order.place', 'order.plaze') where seq = 3").run();
  sqlite.close();
  const job = { kind: 'copy', what: 'orders', dataDir, nowMs: Date.now() } as const;
  await expect(runKeeperJob(job)).rejects.toThrow(/altered/);
  expect(listCopies(folder)).toEqual(before);
  made.dispose();
});

test('what a copy that was cut short has left goes with the next one', async () => {
  const made = await filledDesk({ products: 20, settled: 0, waiting: 2, inWal: 0, linesEach: 3 });
  const dataDir = made.leave('none');
  const folder = deskFolder(dataDir);
  mkdirSync(folder.backups, { recursive: true });
  writeFileSync(join(folder.backups, `desk-${stampOf(5)}.sqlite.part`), 'half');
  const result = await runKeeperJob({ kind: 'copy', what: 'whole', dataDir, nowMs: 10 });
  expect(result).toMatchObject({ kind: 'copied' });
  expect(readdirSync(folder.backups)).toEqual([`desk-${stampOf(10)}.sqlite`]);
  copyOrders({ file: folder.file, path: copyPath(folder, 'orders', 20) });
  expect(listCopies(folder).map(({ kind, at }) => [kind, at])).toEqual([
    ['orders', 20],
    ['whole', 10],
  ]);
  made.dispose();
});
