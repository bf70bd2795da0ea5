/** A house of a size on a PostgreSQL of its own, and central's real program in front of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectCentral } from '../../src-central/db/connect.ts';
import { startEmbeddedPostgres } from '../../src-central/db/embedded-postgres.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import { createUser } from '../../src-central/identity/create-user.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { startCentralProgram } from '../../test/support/programs.ts';
import { furnishFillHouse, type FillHouse, type HouseSize } from './fill-house.ts';

export const CLERK = { userName: 'clerk', password: 'bench-password' };

export interface FillOffice {
  url: string;
  house: FillHouse;
  /** For desks' files. */
  folder: string;
  enrolmentCode(): Promise<string>;
  stop(): Promise<void>;
}

export async function openFillOffice(size: HouseSize): Promise<FillOffice> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-bench-fill-'));
  const server = await startEmbeddedPostgres(path.join(folder, 'postgres'));
  const databaseUrl = server.urlOf('postgres');
  const db = connectCentral(databaseUrl, { statementTimeoutMs: 0 });
  await migrateCentral(db);
  const house = await furnishFillHouse(db, size, Date.now());
  const { branchId } = house.branch;
  await createUser(db, { ...CLERK, displayName: 'Clerk', role: 'clerk', branchId });
  const key = path.join(folder, 'receipt-key.pem');
  const central = await startCentralProgram(['--database-url', databaseUrl, '--receipt-key', key, '--port', '0']);
  return {
    url: central.url,
    house,
    folder,
    enrolmentCode: () => createEnrolmentCode(db, { branchId, ttlMinutes: 60 }),
    stop: async () => {
      await central.stop();
      await db.destroy();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
