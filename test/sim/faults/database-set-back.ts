/**
 * Central's database goes back in time: it is put back from a backup, or its standby takes its place and lacks the last
 * of it. What was settled since is with the desks alone. docs/decisions/0009 says how central is to notice.
 */
import { sql } from 'kysely';
import { closeRecovery, recordBackup } from '../../../src-central/recovery/recovery-state.ts';
import type { ComesBackAs } from '../database/cluster-backup.ts';
import type { Kept } from '../actors/database-keeper.ts';
import { ordersAt } from '../invariants/journals.ts';
import { STEPS_BETWEEN_BACKUPS, STEPS_BETWEEN_STREAMS } from '../limits.ts';
import type { Scene } from '../scene.ts';
import type { Fault } from './fault.ts';

const AWAY_MOST_MS = 20_000;
/** Long enough that desks have settled something that the backup has not. */
const REPORT_AFTER_MS: readonly [least: number, most: number] = [1_000, 30_000];
const CLOSED_AFTER_MS: readonly [least: number, most: number] = [100, 60_000];

/** Often enough at the beginning that there is something to go back to. */
export const backupTaken: Fault = {
  name: 'database backed up',
  weight: 6,
  possible: ({ keeper, steps }) =>
    (keeper.restores || keeper.hasStandby) && steps - (keeper.newest?.atStep ?? -Infinity) >= STEPS_BETWEEN_BACKUPS,
  strike: async (scene) => {
    const { world, keeper, nodes, steps } = scene;
    const atMs = world.nowMs;
    await keeper.backUp({
      atMs,
      atStep: steps,
      witnesses: new Map(nodes.map(({ name, witness }) => [name, witness.content])),
    });
    world.tally.hit('step: database backed up');
    if (!world.random.chance(0.5)) return;
    scene.later(world.random.between(...REPORT_AFTER_MS), () =>
      scene.spawn('backup report', () => scene.office.work((db) => recordBackup(db, atMs))),
    );
  },
};

export const standbyHears: Fault = {
  name: 'standby hears of the log',
  weight: 4,
  possible: ({ keeper, steps }) =>
    keeper.hasStandby && steps - (keeper.newest?.heardAtStep ?? Infinity) >= STEPS_BETWEEN_STREAMS,
  strike: async ({ keeper, steps }) => {
    if (keeper.newest) await keeper.streamLog(keeper.newest, steps);
  },
};

/** Everything of central dies with its machine; its nodes' own files may be put back with the database's, or not. */
export const databaseRestored: Fault = {
  name: 'database put back',
  weight: 1,
  possible: ({ keeper, steps, newHouse }) =>
    keeper.restores && keeper.mayGoBackTo(keeper.newest?.atStep, steps) && newHouse?.state !== 'beginning',
  strike: async (scene) => {
    const { world, keeper, nodes, network } = scene;
    if (!keeper.newest) return;
    const as = world.random.pick(['files', 'recovered'] as const);
    const witnessesToo = world.random.chance(0.5);
    for (const node of nodes) {
      await node.crash(network);
      if (witnessesToo) node.witness.content = keeper.newest.witnesses.get(node.name);
      scene.later(world.random.between(100, AWAY_MOST_MS), () => scene.startNode(node));
    }
    await goBack(scene, keeper.newest, as);
    world.tally.hit('fault: central restored from a backup');
    world.tally.hit(`restored: ${as}${witnessesToo ? ', witnesses too' : ''}`);
  },
};

/** At the same address, under nodes that run: they lose their connections and find another server. */
export const standbyPromoted: Fault = {
  name: 'standby takes the place of the database',
  weight: 1,
  possible: ({ keeper, steps, newHouse }) =>
    keeper.hasStandby && keeper.mayGoBackTo(keeper.newest?.heardAtStep, steps) && newHouse?.state !== 'beginning',
  strike: async (scene) => {
    const { world, keeper, nodes, gate } = scene;
    if (!keeper.newest) return;
    for (const { actor } of nodes) if (actor) await gate.disconnect(actor);
    await goBack(scene, keeper.newest, 'standby');
    world.tally.hit('fault: standby promoted');
  },
};

async function goBack(scene: Scene, kept: Kept, as: ComesBackAs): Promise<void> {
  const { world, keeper, gate, office, lawsDb } = scene;
  keeper.pasts.push(await scene.outside(() => ordersAt(lawsDb)));
  await gate.disconnect(office.actor);
  await keeper.putInPlace(kept, as, gate.control);
  await lookUpCustomers(scene);
  if (!world.random.chance(0.3)) return;
  // An admin is impatient: what comes later is still taken in.
  scene.later(world.random.between(...CLOSED_AFTER_MS), () => scene.spawn('recovery closed', () => closed(scene)));
}

async function closed({ office, world }: Scene): Promise<void> {
  await office.work(async (db) => {
    const { epoch } = await db.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow();
    const by = await db.selectFrom('app_user').select('user_id').where('user_name', '=', 'manager').executeTakeFirst();
    if (await closeRecovery(db, { epoch, by: by?.user_id ?? '' })) world.tally.hit('step: an admin closes a recovery');
  });
}

/** Customers that were moved since are where they were. */
async function lookUpCustomers(scene: Scene): Promise<void> {
  const { house, lawsDb } = scene;
  const ask = sql<{ code: string; customerId: string }>`
    select b.code, c.customer_id as "customerId" from customer c join branch b using (branch_id)
    where c.active order by c.code`;
  // The connection that it had has died; the pool may not have noticed.
  const { rows } = await scene.outside(() => ask.execute(lawsDb).catch(() => ask.execute(lawsDb)));
  for (const branch of house.customers.keys()) {
    const own = rows.filter(({ code }) => code === branch);
    house.customers.set(
      branch,
      own.map(({ customerId }) => customerId),
    );
  }
}
