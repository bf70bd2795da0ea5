/** A real central for tests: in this process, on a free port, on a real PostgreSQL in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { startCentral } from '../../src-central/central.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import { startEmbeddedPostgres } from '../../src-central/db/embedded-postgres.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import type { ServedVersions } from '../../src-central/http/sync/served-versions.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { newReceiptKey, type ReceiptKey, receiptKeyOf } from '../../src-central/identity/receipt-key.ts';
import { signInOnApi } from '../../src-central/identity/sign-in.ts';
import { furnishHouse, TEST_PASSWORD, type TestHouse } from './test-house.ts';

export interface TestPostgres {
  /** A new, empty, migrated database. */
  createDatabase(): Promise<{ url: string; db: CentralDb }>;
  stop(): Promise<void>;
}

export interface TestCentral {
  url: string;
  databaseUrl: string;
  db: CentralDb;
  house: TestHouse;
  /** With which it signs. */
  receiptKey: ReceiptKey;
  /** Bearer of the user `admin` for `/trpc`. */
  adminToken: string;
  createEnrolmentCode(branchCode: string): Promise<string>;
  /** Stops the program and starts it again at the same address, on the same database; as one that serves `served`. */
  restart(served?: ServedVersions): Promise<void>;
  stop(): Promise<void>;
}

/** Takes about a second. One for each test file: another file's open writers would hold up this one's feed. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-pg-'));
  const server = await startEmbeddedPostgres(folder);
  const opened: CentralDb[] = [];
  let count = 0;
  return {
    createDatabase: async () => {
      count += 1;
      const name = `test_${count}`;
      const house = connectCentral(server.urlOf('postgres'), { connections: 1 });
      await sql`create database ${sql.id(name)}`.execute(house);
      await house.destroy();
      const url = server.urlOf(name);
      const db = connectCentral(url);
      opened.push(db);
      await migrateCentral(db);
      return { url, db };
    },
    stop: async () => {
      await Promise.all(opened.map((db) => db.destroy()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param postgres a running one to make the database in; left out, one is started and stopped with central. */
export async function startTestCentral(
  postgres?: TestPostgres,
  { logLevel = 'error', sliceMutations }: { logLevel?: 'error' | 'silent'; sliceMutations?: number } = {},
): Promise<TestCentral> {
  const server = postgres ?? (await startTestPostgres());
  const { url: databaseUrl, db } = await server.createDatabase();
  const house = await furnishHouse(db);
  const receiptKey = receiptKeyOf(newReceiptKey());
  const start = (port: number, served?: ServedVersions): ReturnType<typeof startCentral> =>
    startCentral({
      ...(served && { served }),
      sliceMutations,
      db,
      currency: 'GBP',
      receiptKey,
      host: '127.0.0.1',
      port,
      logger: { level: logLevel, stream: process.stderr },
    });
  let central = await start(0);
  const { token } = await signInOnApi(db, { userName: 'admin', password: TEST_PASSWORD });
  return {
    url: central.url,
    databaseUrl,
    db,
    house,
    receiptKey,
    adminToken: token,
    createEnrolmentCode: async (branchCode) => {
      const branch = [house.pudong, house.ningbo].find((each) => each.code === branchCode);
      if (!branch) throw new Error(`the test house has no branch ${branchCode}`);
      return createEnrolmentCode(db, { branchId: branch.branchId, ttlMinutes: 10 });
    },
    restart: async (served) => {
      const { port } = new URL(central.url);
      await central.stop();
      central = await start(Number(port), served);
    },
    stop: async () => {
      await central.stop();
      if (!postgres) await server.stop();
    },
  };
}
