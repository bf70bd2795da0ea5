/** The database that every seed's is a copy of: migrated and furnished by central's own code, the same in every run. */
import pg from 'pg';
import { connectCentral } from '../../../src-central/db/connect.ts';
import { migrateCentral } from '../../../src-central/db/migrate.ts';
import { setOrderMonths } from '../../../src-central/grants/device-branches.ts';
import { signInOnApi } from '../../../src-central/identity/sign-in.ts';
import { furnishHouse, setOnHand } from '../../support/test-house.ts';
import { ON_HAND_PIECES, ORDER_MONTHS } from '../limits.ts';
import { actAs, newActor } from '../world/actor.ts';
import { takeOver } from '../world/globals.ts';
import { World } from '../world/world.ts';
import { ClusterTemplate, SIMULATED_TIME_SQL } from './sim-postgres.ts';

/** What the simulation must know of the house to act in it. */
export interface SimHouse {
  products: string[];
  /** By the branch's code. */
  customers: Map<string, string[]>;
  branches: { branchId: string; code: string; warehouseId: string; people: string[] }[];
}

export async function makeTemplate(): Promise<{ template: ClusterTemplate; house: SimHouse }> {
  let house: SimHouse | undefined;
  const template = await ClusterTemplate.make(async (url) => {
    house = await furnishAsOneself(url);
  });
  if (!house) throw new Error('the house was not furnished');
  return { template, house };
}

async function furnishAsOneself(url: string): Promise<SimHouse> {
  const world = new World(0);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(SIMULATED_TIME_SQL);
  await client.query('select setval($1, $2)', ['sim.clock', world.nowMs]);
  await client.end();
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
    return await actAs(newActor('template'), () => furnish(url));
  } finally {
    takeOver(undefined);
  }
}

async function furnish(url: string): Promise<SimHouse> {
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
