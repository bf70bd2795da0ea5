/** A real desk program, killed with SIGKILL while it is being filled through real HTTP, and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { furnishFillHouse } from '../../bench/fill-parts/fill-house.ts';
import { CHUNK_ROWS } from '../../src-central/snapshot/limits.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';
import { eventually, startCentralProgram, startDeskProgram, type CentralProgram } from '../support/programs.ts';

const SIZE = { products: 6_000, customers: 500, orders: 100 };

let postgres: TestPostgres;
let central: CentralProgram;
let folder: string;
let enrol: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-killed-'));
  const { url, db } = await postgres.createDatabase();
  const { branch } = await furnishFillHouse(db, SIZE, Date.now());
  const key = path.join(folder, 'receipt-key.pem');
  central = await startCentralProgram(['--database-url', url, '--receipt-key', key, '--port', '0']);
  enrol = await createEnrolmentCode(db, { branchId: branch.branchId, ttlMinutes: 10 });
});
afterAll(async () => {
  await central.kill();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a desk that is killed while it fills goes on where it was, and ends with central’s rows', async () => {
  const desk = { centralUrl: central.url, dataDir: path.join(folder, 'desk') };
  const first = await startDeskProgram({ ...desk, enrol });
  const before = await eventually(
    () => first.api.sync.status.query(),
    ({ fill }) => (fill?.rows ?? 0) > 0,
  );
  await first.kill();
  const second = await startDeskProgram(desk);
  try {
    const after = await second.api.sync.status.query();
    // What it says of its progress may be ahead of the disk by the chunk that it is writing.
    const kept = after.fill === null ? SIZE.products : after.fill.rows;
    expect(kept).toBeGreaterThan((before.fill?.rows ?? 0) - CHUNK_ROWS.product);
    await eventually(
      () => second.api.sync.status.query(),
      (status) => !status.filling && status.asOf !== null,
    );
    const { equal, here } = await second.api.sync.verify.query();
    expect(equal).toBe(true);
    expect(here['product']?.rows).toBe(SIZE.products);
    expect(here['order']?.rows).toBe(SIZE.orders);
  } finally {
    await second.kill();
  }
});
