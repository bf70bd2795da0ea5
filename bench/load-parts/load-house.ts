/** A house of many branches with ten desks each, on a PostgreSQL of its own, served by central's real program. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { reconcileAllGrants } from '../../src-central/grants/grants.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import { startEmbeddedPostgres } from '../../src-central/db/embedded-postgres.ts';
import { migrateCentral } from '../../src-central/db/migrate.ts';
import { startCentralProgram, type CentralProgram } from '../../test/support/programs.ts';
import { furnish, makeIds, makeOrder, type BenchHouse } from '../push-parts/bench-house.ts';
import { PushDesk } from '../push-parts/push-desk.ts';

export const DESKS_PER_BRANCH = 10;

export interface LoadHouse {
  central: CentralProgram;
  /** One a desk; the first ones are of the branches that push. */
  tokens: string[];
  /** One of each of the first branches, ready to push. */
  pushing: { desk: PushDesk; house: BenchHouse['ids'] }[];
  makeOrder(of: BenchHouse['ids']): ReturnType<typeof makeOrder>;
  stop(): Promise<void>;
}

export async function startLoadHouse(of: { desks: number; pushing: number; lines: number }): Promise<LoadHouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'orderdesk-load-'));
  const server = await startEmbeddedPostgres(folder);
  const db = connectCentral(server.urlOf('postgres'), { statementTimeoutMs: 0 });
  await migrateCentral(db);
  const first = makeIds();
  await furnish(db, first);
  const branches = [first, ...(await addBranches(db, first, of.desks / DESKS_PER_BRANCH - 1))];
  const tokens = await addDesks(db, branches);
  // Central's own start makes the epoch, then the grants of every desk.
  const central = await startCentralProgram([
    '--database-url',
    server.urlOf('postgres'),
    '--port',
    '0',
    '--currency',
    'GBP',
    '--log-level',
    'silent',
  ]);
  await reconcileAllGrants(db, Date.now());
  const pushing: LoadHouse['pushing'] = [];
  for (const house of branches.slice(0, of.pushing)) {
    const desk = await PushDesk.enrol({ url: central.url, central: db, ids: house });
    pushing.push({ desk, house });
  }
  let running = 0;
  return {
    central,
    tokens,
    pushing,
    makeOrder: (house) => {
      running += 1;
      return makeOrder(house, running, of.lines);
    },
    stop: async () => {
      await central.stop();
      await db.destroy();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Db = ReturnType<typeof connectCentral>;

/** Each with one customer and the first branch's products in stock. */
async function addBranches(db: Db, first: BenchHouse['ids'], count: number): Promise<BenchHouse['ids'][]> {
  const made: BenchHouse['ids'][] = [];
  for (let n = 1; n <= count; n += 1) {
    const house = { ...first, branchId: randomUUID(), warehouseId: randomUUID(), customerIds: [randomUUID()] };
    const code = `B${String(n).padStart(3, '0')}`;
    await sql`
      insert into branch (branch_id, code, name, warehouse_id, time_zone)
      values (${house.branchId}, ${code}, ${`Branch ${n}`}, ${house.warehouseId}, 'Europe/London')`.execute(db);
    await sql`
      insert into customer (customer_id, branch_id, code, name, initials)
      values (${house.customerIds[0]}, ${house.branchId}, ${`B${n}`}, ${`Customer of ${n}`}, 'c')`.execute(db);
    await sql`
      insert into stock (warehouse_id, product_id, on_hand)
      select ${house.warehouseId}, product_id, 1000000000000 from product`.execute(db);
    made.push(house);
  }
  return made;
}

async function addDesks(db: Db, branches: readonly BenchHouse['ids'][]): Promise<string[]> {
  const desks = branches.flatMap(({ branchId }) =>
    Array.from({ length: DESKS_PER_BRANCH }, () => ({ branchId, token: randomBytes(32).toString('base64url') })),
  );
  await sql`
    insert into device (device_id, name, branch_id, public_key, token_hash)
    select gen_random_uuid(), 'Load', branch_id, '', decode(token_hash, 'hex')
    from unnest(
      ${desks.map(({ branchId }) => branchId)}::uuid[],
      ${desks.map(({ token }) => createHash('sha256').update(token).digest('hex'))}::text[]
    ) as given (branch_id, token_hash)`.execute(db);
  return desks.map(({ token }) => token);
}
