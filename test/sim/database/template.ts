/** The database that every seed's is a copy of: migrated and furnished by central's own code, the same in every run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import { importFile } from '../../../src-central/import/import-file.ts';
import { connectCentral } from '../../../src-central/db/connect.ts';
import { migrateCentral } from '../../../src-central/db/migrate.ts';
import { setOrderMonths } from '../../../src-central/grants/device-branches.ts';
import { ensureEpoch } from '../../../src-central/identity/epoch.ts';
import { signInOnApi } from '../../../src-central/identity/sign-in.ts';
import { rowsAsFile } from '../actors/rows-as-file.ts';
import { furnishHouse, setOnHand } from '../../support/test-house.ts';
import { ON_HAND_PIECES, ORDER_MONTHS } from '../limits.ts';
import { actAs, newActor } from '../world/actor.ts';
import { takeOver } from '../world/globals.ts';
import { World } from '../world/world.ts';
import { schemaLines } from './schema-lines.ts';
import { ClusterTemplate, SIMULATED_TIME_SQL } from './sim-postgres.ts';

/** The second house's database, empty, in each seed's cluster. */
const NEW_HOUSE_DATABASE = 'new_house';
const UNDISTURBED_DATABASE = 'undisturbed';

export function newHouseUrl(url: string): string {
  return databaseUrl(url, NEW_HOUSE_DATABASE);
}

function databaseUrl(url: string, database: string): string {
  return url.replace(/[^/]*$/, database);
}

/** What the simulation must know of the house to act in it. */
export interface SimHouse {
  products: string[];
  /** By the branch's code. */
  customers: Map<string, string[]>;
  branches: { branchId: string; code: string; warehouseId: string; people: string[] }[];
  /** Of a large house: codes of products that nothing is known of but their names, for a large import of prices. */
  unpriced: string[];
  /** What a migration that nobody disturbs makes of the empty database, and a first start. */
  undisturbed: string[];
}

/** @param unpriced how many products without prices there are besides. */
export async function makeTemplate(unpriced = 0): Promise<{ template: ClusterTemplate; house: SimHouse }> {
  let house: SimHouse | undefined;
  const template = await ClusterTemplate.make(async (url) => {
    house = await furnishAsOneself(url, unpriced);
  });
  if (!house) throw new Error('the house was not furnished');
  return { template, house };
}

async function furnishAsOneself(url: string, unpriced: number): Promise<SimHouse> {
  const world = new World(0);
  await simulateTime(url, world.nowMs);
  await ask(url, `create database ${NEW_HOUSE_DATABASE}`);
  await simulateTime(newHouseUrl(url), world.nowMs);
  await ask(url, `create database ${UNDISTURBED_DATABASE} template ${NEW_HOUSE_DATABASE}`);
  takeOver({
    now: () => world.nowMs,
    timers: world.timers,
    random: () => world.entropy.next(),
    randomBytes: (count) => world.entropy.bytes(count),
    request: () => {
      throw new Error('nobody to ask yet');
    },
    fetch: () => Promise.reject(new Error('nobody to ask yet')),
  });
  try {
    return await actAs(newActor('template'), async () => {
      const undisturbed = await migrateUndisturbed(databaseUrl(url, UNDISTURBED_DATABASE));
      await ask(url, `drop database ${UNDISTURBED_DATABASE}`);
      return { ...(await furnish(url, unpriced)), undisturbed };
    });
  } finally {
    takeOver(undefined);
  }
}

async function ask(url: string, ...query: [text: string, values?: unknown[]]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(...query);
  await client.end();
}

async function simulateTime(url: string, nowMs: number): Promise<void> {
  await ask(url, SIMULATED_TIME_SQL);
  await ask(url, 'select setval($1, $2)', ['sim.clock', nowMs]);
}

async function migrateUndisturbed(url: string): Promise<string[]> {
  const db = connectCentral(url, { connections: 1 });
  await migrateCentral(db);
  await ensureEpoch(db, 'GBP', undefined);
  const lines = await schemaLines(db);
  await db.destroy();
  return lines;
}

async function furnish(url: string, unpriced: number): Promise<Omit<SimHouse, 'undisturbed'>> {
  const db = connectCentral(url, { connections: 1 });
  try {
    await migrateCentral(db);
    // What a process draws once and keeps must not be drawn by whichever seed comes first.
    await signInOnApi(db, { userName: 'nobody', password: 'none' }).catch(() => undefined);
    const { pudong, ningbo, products, customers } = await furnishHouse(db);
    for (const { branchId } of [pudong, ningbo]) await setOrderMonths(db, { branchId, months: ORDER_MONTHS });
    const sold = ['P1', 'P3', 'P4', 'P5'].flatMap((code) => products[code] ?? []);
    for (const branch of [pudong, ningbo]) {
      for (const product of sold) await setOnHand(db, { branch, product, onHand: ON_HAND_PIECES * 1_000 });
    }
    const idsOf = (...codes: string[]): string[] => codes.flatMap((code) => customers[code]?.customerId ?? []);
    return {
      products: sold.map((product) => product.productId),
      unpriced: await addProducts(db, unpriced),
      customers: new Map([
        [pudong.code, idsOf('C1', 'C2')],
        [ningbo.code, idsOf('C3')],
      ]),
      branches: [
        { ...pudong, people: ['clerk', 'manager'] },
        { ...ningbo, people: ['clerk-nb', 'manager-nb'] },
      ],
    };
  } finally {
    await db.destroy();
  }
}

/** By central's own import, in pieces. */
async function addProducts(db: CentralDb, count: number): Promise<string[]> {
  const codes = Array.from({ length: count }, (_, index) => `M${String(index).padStart(5, '0')}`);
  if (count === 0) return codes;
  // As central's first start leaves it: the importer wants a house that has a currency.
  await ensureEpoch(db, 'GBP', undefined);
  const source = rowsAsFile(
    ['code', 'name', 'base_unit'],
    codes.map((code) => [code, `MANY ${code}`, 'piece']),
  );
  const clock = { now: () => Date.now(), randomBytes: (bytes: number) => randomBytes(bytes) };
  await importFile(db, { kind: 'products', source, fileName: 'many.csv' }, clock);
  return codes;
}
