/** A quiet point: the line is whole, everybody is up, nothing new is begun. Everything settles, and all sides agree. */
import type { VerifyAnswer } from '../../src-main/api/sync-services.ts';
import { sql } from 'kysely';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import { brokenLaws } from './central-invariants.ts';
import { brokenPromises } from './invariants/promises.ts';
import { ordersAt, otherThanBefore, unlikeJournals, waitingToReturn } from './invariants/journals.ts';
import { checkScreens, checkTotals } from './invariants/screens.ts';
import { allActive } from './actors/office-work.ts';
import { place } from './actors/people.ts';
import { openWriter } from './faults/open-writer.ts';
import {
  DRAIN_WITHIN_MS,
  FIRST_NEWS_WITHIN_MS,
  NEWS_ROUNDS,
  NEWS_WITHIN_MS,
  OLD_NEWS_WITHIN_MS,
  VERIFY_ATTEMPTS,
  WRITER_AT_NEWS,
  WRITER_AT_NEWS_MS,
} from './limits.ts';
import type { Scene, Seat } from './scene.ts';
import { Violation } from './violation.ts';

export async function quietPoint(scene: Scene): Promise<void> {
  const { world } = scene;
  world.note('quiet point', undefined, `after step ${scene.steps}`);
  mendAll(scene);
  await everybodyUp(scene);
  await everybodySignedIn(scene);
  await drained(scene);
  // The first after a fault waits for whoever is still counting down to another attempt.
  await newsSpreads(scene, FIRST_NEWS_WITHIN_MS);
  for (let round = 1; round < NEWS_ROUNDS; round += 1) await newsSpreads(scene, NEWS_WITHIN_MS);
  await drained(scene);
  // A lease that was granted since the backup is lost with central, and its desk may have promised from it.
  if (scene.keeper.desksMustRemember) for (const { promises } of scene.seats) promises.clear();
  await agreed(scene);
  // Each of them has spoken with central since: what they are now they know.
  for (const { past } of scene.seats) past.untold = false;
  scene.keeper.desksMustRemember = false;
  world.tally.hit('quiet points');
  scene.network.faultless = false;
}

function mendAll(scene: Scene): void {
  scene.network.heal();
  scene.breakAfterStatements = undefined;
  scene.centralCrashAt = undefined;
  if (scene.newHouse) scene.newHouse.kills = 0;
  for (const { desk } of scene.seats) {
    desk.setDiskFull(false);
    desk.spare();
  }
  for (const node of scene.nodes) scene.startNode(node);
}

async function everybodyUp(scene: Scene): Promise<void> {
  const up = (): boolean =>
    scene.seats.every((seat) => seat.desk.services !== undefined) &&
    scene.nodes.every((node) => node.up) &&
    scene.newHouse?.state !== 'beginning';
  await scene.until('everybody is up', up, DRAIN_WITHIN_MS);
}

/** Whoever was deactivated is active again; a desk whose person's session ended has a person again. */
async function everybodySignedIn(scene: Scene): Promise<void> {
  await scene.through('everybody is active', DRAIN_WITHIN_MS, () => allActive(scene));
  for (const seat of scene.seats) {
    if (seat.desk.use((services) => services.session.state().user !== null)) continue;
    await scene.through(`${seat.desk.name} signs in`, DRAIN_WITHIN_MS, () => scene.signIn(seat));
  }
}

/**
 * Some desks place an order at once, while the line is whole: the other desks of their branches must hear of it by
 * themselves, sooner than by their slow poll.
 */
async function newsSpreads(scene: Scene, withinMs: number): Promise<void> {
  const { seats, world } = scene;
  const writer = world.random.chance(WRITER_AT_NEWS)
    ? openWriter(scene, world.random.between(...WRITER_AT_NEWS_MS))
    : undefined;
  if (writer) await scene.until('a writer begins', writer.began, DRAIN_WITHIN_MS);
  const silent = world.random.pick(seats);
  const placed = seats.flatMap((seat) => {
    const orderId = seat === silent ? undefined : place(scene, seat);
    return orderId === undefined ? [] : [{ seat, orderId }];
  });
  let unheard = placed.flatMap(({ seat, orderId }) =>
    seats.filter((other) => other.branch === seat.branch).map((other) => ({ seat, orderId, other })),
  );
  const isHeard = (): boolean => {
    const shown = new Map(seats.map((seat) => [seat, syncStates(seat)]));
    unheard = unheard.filter(
      ({ seat, orderId, other }) =>
        shown.get(seat)?.get(orderId) !== 'refused' && shown.get(other)?.get(orderId) !== 'applied',
    );
    return unheard.every(({ seat, other }) => !isOfToday(seat) || !isOfToday(other));
  };
  const who = (): string => unheard.map(({ other, seat }) => `${other.desk.name} of ${seat.desk.name}'s`).join();
  // Nobody can have heard of it before.
  if (writer) await scene.until('the writer ends', writer.ended, DRAIN_WITHIN_MS);
  await scene.untilSaved(() => `heard of by ${who()} order`, isHeard, withinMs);
  // A desk of protocol 1 is longer in missing a stream that died without a word; what it promises is its slow poll.
  const isHeardByAll = (): boolean => isHeard() && unheard.length === 0;
  if (!seats.every(isOfToday)) {
    await scene.untilSaved(() => `heard of by ${who()} order`, isHeardByAll, OLD_NEWS_WITHIN_MS);
  }
}

function isOfToday({ desk }: Seat): boolean {
  return desk.build.protocol === 'today';
}

/** Of the newest orders that a desk shows. */
function syncStates({ desk }: Seat): Map<string, SyncState> {
  const { rows } = desk.use((services) => services.orders.list({ offset: 0, limit: 50 }));
  return new Map(rows.map(({ orderId, sync }) => [orderId, sync]));
}

async function drained(scene: Scene): Promise<void> {
  const waiting = (): string[] =>
    scene.seats.flatMap(({ desk }) => {
      if (!desk.services) return [`${desk.name} is down`];
      const { waiting: waits, filling } = desk.use((services) => services.sync.status());
      if (desk.bringsBack()) return [`${desk.name} brings back what central has lost`];
      // Orders that a file which went back has forgotten come with a fill, where central keeps no feed that far back.
      if (filling) return [`${desk.name} fills`];
      return waits === 0 ? [] : [`${desk.name}: ${waits}`];
    });
  const isSettled = (): boolean => waiting().length === 0;
  await scene.untilSaved(() => `settled over a whole line: ${waiting().join()}`, isSettled, DRAIN_WITHIN_MS);
}

async function agreed(scene: Scene): Promise<void> {
  const broken: string[] = [];
  for (const seat of scene.seats) {
    for (const order of seat.returning.values()) seat.saved.set(order.orderId, order);
    seat.returning.clear();
    checkScreens(scene, seat);
    checkTotals(seat);
    const verified = await verify(scene, seat);
    for (const kind of verified.different) {
      const [here, central] = [verified.here[kind], verified.central[kind]].map((table) => JSON.stringify(table));
      broken.push(`${seat.desk.name} differs from central in ${kind}: ${here} here, ${central} there`);
    }
    for (const { orderId, number } of seat.saved.values()) settled(scene, seat, { orderId, number, broken });
  }
  const desks = scene.seats.map(({ desk }) => desk);
  broken.push(...(await scene.outside(() => brokenLaws(scene.lawsDb))));
  broken.push(...(await scene.outside(() => unjudged(scene))));
  broken.push(...(await scene.outside(() => unlikeJournals(scene.lawsDb, desks))));
  broken.push(...(await scene.outside(() => cameBackOtherwise(scene))));
  broken.push(...(await scene.outside(() => scene.numbers.unfounded(scene.lawsDb))));
  broken.push(...(await scene.outside(() => brokenPromises(scene))));
  broken.push(...scene.nodes.flatMap((node) => node.disagreements));
  if (broken.length > 0) throw new Violation(`after step ${scene.steps}: ${broken.join('; ')}`);
}

/** Since the last quiet point central may have been set back, also more than once. */
async function cameBackOtherwise({ keeper, lawsDb }: Scene): Promise<string[]> {
  const pasts = keeper.pasts.splice(0);
  const now = await ordersAt(lawsDb);
  return [...(await waitingToReturn(lawsDb)), ...pasts.flatMap((past) => otherThanBefore(past, now))];
}

/** Saved mutations that central has no receipt of. */
async function unjudged({ seats, lawsDb }: Scene): Promise<string[]> {
  const missing: string[] = [];
  for (const { desk, mutations } of seats) {
    const { rows } = await sql<{ id: string }>`
      select id from unnest(${[...mutations]}::uuid[]) id
      where not exists (select from receipt where mutation_id = id)`.execute(lawsDb);
    if (rows.length > 0) missing.push(`central never judged ${rows.length} of what ${desk.name} saved: ${rows[0]?.id}`);
  }
  return missing;
}

/** A request that was given up just when the line was mended may still be told to whoever shares its attempt. */
async function verify(scene: Scene, { desk }: Seat): Promise<VerifyAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await scene.through(`${desk.name} verifies`, DRAIN_WITHIN_MS, () =>
        desk.use((services) => services.sync.verify()),
      );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (attempt === VERIFY_ATTEMPTS) throw new Violation(`${desk.name} can't verify: ${JSON.stringify(error.data)}`);
    }
  }
}

function settled(
  scene: Scene,
  seat: Seat,
  { orderId, number, broken }: { orderId: string; number: string; broken: string[] },
): void {
  seat.desk.use((services) => {
    const { sync, issues } = services.orders.get(orderId, 'en');
    scene.world.tally.hit(`settled: ${sync}`);
    if (sync !== 'applied' && sync !== 'refused') broken.push(`${number} is ${sync} on ${seat.desk.name}`);
    if (sync === 'refused' && issues.length === 0) broken.push(`${number} was refused without a word`);
    const waits = services.attention.list('en').some((item) => item.orderId === orderId && !item.notice);
    if (waits !== (sync === 'refused')) broken.push(`${number} is ${sync}; in the attention list: ${waits}`);
  });
}
