/** Central and desks as the real programs on a real PostgreSQL, each with a line that can be spoilt. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectCentral } from '../../src-central/db/connect.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy/fault-proxy.ts';
import {
  eventually,
  startCentralProgram,
  startDeskProgram,
  type CentralProgram,
  type DeskProgram,
} from '../support/programs.ts';
import { furnishHouse, setOnHand, TEST_PASSWORD, type TestHouse } from '../support/test-house.ts';
import { PLENTY, SCARCE, START_EVERY_MS, START_WITHIN_MS } from './limits.ts';
import { startSoakPostgres, type SoakPostgres } from './postgres.ts';

export interface SoakDesk {
  index: number;
  branch: 'PD' | 'NB';
  line: FaultProxy;
  /** Null while it is not running. */
  program: DeskProgram | null;
  start(): Promise<void>;
}

export interface Stage {
  postgres: SoakPostgres;
  db: CentralDb;
  house: TestHouse;
  central: CentralProgram | null;
  startCentral(): Promise<void>;
  desks: SoakDesk[];
  close(): Promise<void>;
}

/** Two desks share a branch, so that they get into each other's way; the others are of another. */
const PEOPLE = [
  { branch: 'PD', user: 'clerk' },
  { branch: 'PD', user: 'manager' },
  { branch: 'NB', user: 'clerk-nb' },
  { branch: 'NB', user: 'manager-nb' },
] as const;

export async function openStage({ desks, seed }: { desks: number; seed: number }): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-soak-'));
  const postgres = await startSoakPostgres(path.join(folder, 'central'), seed);
  const db = connectCentral(postgres.url);
  await migrateCentral(db);
  const house = await furnishHouse(db);
  await stock(db, house);
  const stage: Stage = {
    postgres,
    db,
    house,
    central: null,
    startCentral: async () => {
      const port = stage.central ? new URL(stage.central.url).port : (centralPort ?? '0');
      const args = ['--database-url', postgres.url, '--port', port, '--log-level', 'error'];
      stage.central = await startedAtLast(() => startCentralProgram(args));
      centralPort = new URL(stage.central.url).port;
    },
    desks: [],
    close: () => close(stage, folder),
  };
  let centralPort: string | undefined;
  try {
    await stage.startCentral();
    for (let index = 0; index < desks; index += 1) await openDesk(stage, { folder, index, seed });
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}

async function stock(db: CentralDb, { pudong, ningbo, products }: TestHouse): Promise<void> {
  for (const branch of [pudong, ningbo]) {
    for (const [code, product] of Object.entries(products)) {
      await setOnHand(db, { branch, product, onHand: code === 'P5' ? SCARCE : PLENTY });
    }
  }
}

async function openDesk(
  stage: Stage,
  { folder, index, seed }: { folder: string; index: number; seed: number },
): Promise<void> {
  const { branch, user } = PEOPLE[index % PEOPLE.length] ?? PEOPLE[0];
  const { branchId } = branch === 'PD' ? stage.house.pudong : stage.house.ningbo;
  const line = await startFaultProxy({ target: stage.central?.url ?? '', seed: seed * 100 + index });
  const dataDir = path.join(folder, `desk-${index}`);
  const enrol = await createEnrolmentCode(stage.db, { branchId, ttlMinutes: 60 });
  const desk: SoakDesk = {
    index,
    branch,
    line,
    program: await startDeskProgram({ centralUrl: line.url, dataDir, enrol }),
    start: async () => {
      desk.program = await startedAtLast(() => startDeskProgram({ centralUrl: line.url, dataDir }));
    },
  };
  stage.desks.push(desk);
  await desk.program?.api.session.signIn.mutate({ userName: user, password: TEST_PASSWORD });
  await eventually(
    () => desk.program?.api.sync.status.query() ?? Promise.reject(new Error('not running')),
    (status) => !status.filling && status.asOf !== null,
    { withinMs: START_WITHIN_MS },
  );
}

/** As a supervisor does: a database that is down just then is no reason to stay down. */
async function startedAtLast<T>(start: () => Promise<T>): Promise<T> {
  const end = performance.now() + START_WITHIN_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, START_EVERY_MS));
    }
  }
}

async function close({ desks, central, db, postgres }: Stage, folder: string): Promise<void> {
  for (const { program, line } of desks) {
    program?.resume();
    await program?.kill();
    await line.close();
  }
  central?.resume();
  await central?.kill();
  await db.destroy();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
