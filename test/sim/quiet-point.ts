/** A quiet point: the line is whole, everybody is up, nothing new is begun. Everything settles, and all sides agree. */
import type { VerifyAnswer } from '../../src-main/api/sync-services.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { brokenLaws } from './central-invariants.ts';
import { checkScreens, checkTotals } from './invariants/screens.ts';
import { DRAIN_WITHIN_MS, VERIFY_ATTEMPTS } from './limits.ts';
import type { Scene, Seat } from './scene.ts';
import { Violation } from './violation.ts';

export async function quietPoint(scene: Scene): Promise<void> {
  const { world } = scene;
  world.note('quiet point', undefined, `after step ${scene.steps}`);
  mendAll(scene);
  await everybodyUp(scene);
  await drained(scene);
  await agreed(scene);
  world.tally.hit('quiet points');
  scene.network.faultless = false;
}

function mendAll(scene: Scene): void {
  scene.network.heal();
  scene.breakAfterStatements = undefined;
  for (const seat of scene.seats) seat.desk.setDiskFull(false);
  for (const node of scene.nodes) scene.startNode(node);
}

async function everybodyUp(scene: Scene): Promise<void> {
  const up = (): boolean =>
    scene.seats.every((seat) => seat.desk.services !== undefined) && scene.nodes.every((node) => node.up);
  await scene.until('everybody is up', up, DRAIN_WITHIN_MS);
}

async function drained(scene: Scene): Promise<void> {
  const waiting = (): string[] =>
    scene.seats.flatMap(({ desk }) => {
      const waits = desk.services ? desk.use((services) => services.sync.status().waiting) : -1;
      return waits === 0 ? [] : [`${desk.name}: ${waits}`];
    });
  try {
    await scene.until('everything has settled', () => waiting().length === 0, DRAIN_WITHIN_MS);
  } catch (error) {
    throw error instanceof Violation ? new Violation(`still waiting over a whole line: ${waiting().join()}`) : error;
  }
}

async function agreed(scene: Scene): Promise<void> {
  const broken: string[] = [];
  for (const seat of scene.seats) {
    checkScreens(seat);
    checkTotals(seat);
    const verified = await verify(scene, seat);
    if (!verified.equal) broken.push(`${seat.desk.name} differs from central in ${verified.different.join()}`);
    for (const { orderId, number } of seat.saved.values()) settled(scene, seat, { orderId, number, broken });
  }
  broken.push(...(await scene.outside(() => brokenLaws(scene.lawsDb))));
  if (broken.length > 0) throw new Violation(`after step ${scene.steps}: ${broken.join('; ')}`);
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
    const waits = services.attention.list('en').some((item) => item.orderId === orderId);
    if (waits !== (sync === 'refused')) broken.push(`${number} is ${sync}; in the attention list: ${waits}`);
  });
}
