/**
 * One seed of the simulation: two desks of one branch, the real central on a real PostgreSQL, a line that misbehaves,
 * crashes, and clocks that jump. Every step is chosen by the seed; after every step each saved order must be visible on
 * its desk, and after every quiet point the laws hold on all sides.
 *
 * Not exact to the statement: what happens inside PostgreSQL when two requests overlap is left to it. A seed that fails
 * fails again unless the failure needs such a race.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { createCentralClient } from '../../src-main/sync/central-client.ts';
import { brokenLaws } from './central-invariants.ts';
import { FaultyLine } from './faulty-line.ts';
import { SeededRandom } from './seeded-random.ts';
import type { SimCentral } from './sim-central.ts';
import { SimDesk } from './sim-desk.ts';
import { Tally } from './tally.ts';

/** Steps of one seed; about one in three meets a fault. */
export const STEPS = 160;
/** A quiet point comes after so many steps, and at the end. */
const STEPS_BETWEEN_QUIET_POINTS = 40;
/** Rounds of push and pull within which everything must have drained once the line is whole. */
const DRAIN_ROUNDS = 12;

const STEP_WEIGHTS = {
  place: 22,
  amend: 10,
  cancel: 4,
  repair: 6,
  push: 32,
  pull: 20,
  'late arrival': 4,
  'cut or mend the line': 5,
  'desk crash': 4,
  'central restart': 1,
  'database connections die': 2,
  'clock jump': 2,
  'ask again': 3,
} as const;

/** Jumps of a desk's clock: what a dead battery, a wrong zone or a curious child makes of it. */
const CLOCK_ERRORS_MS = [0, 0, 3_600_000, -3_600_000, 86_400_000, -10 * 86_400_000];

export class Violation extends Error {}

interface SavedOrder {
  orderId: string;
  number: string;
  placed: Parameters<SimDesk['orders']['orders']['place']>[0];
}

interface SimulatedDesk {
  desk: SimDesk;
  saved: SavedOrder[];
}

export class Simulation {
  readonly tally = new Tally();
  readonly #random: SeededRandom;
  readonly #central: SimCentral;
  readonly #dir: string;
  readonly #desks: SimulatedDesk[] = [];
  readonly #numbers = new Map<string, string>();

  constructor(seed: number, central: SimCentral) {
    this.#random = new SeededRandom(seed);
    this.#central = central;
    this.#dir = mkdtempSync(join(tmpdir(), `orderdesk-sim-${seed}-`));
  }

  /** @throws Violation with what was broken, after which step. */
  async run(): Promise<void> {
    try {
      await this.#begin();
      for (let step = 1; step <= STEPS; step += 1) {
        const what = this.#random.weighted(STEP_WEIGHTS);
        this.tally.hit(`step: ${what}`);
        await this.#take(what);
        this.#everySavedOrderIsThere(`after step ${step}, ${what}`);
        if (step % STEPS_BETWEEN_QUIET_POINTS === 0) await this.#quietPoint(`after step ${step}`);
      }
    } finally {
      for (const { desk } of this.#desks) desk.close();
      rmSync(this.#dir, { recursive: true, force: true });
    }
  }

  async #begin(): Promise<void> {
    for (const name of ['Counter 1', 'Counter 2']) {
      const line = new FaultyLine(() => createCentralClient([this.#central.url]), this.#random, this.tally);
      const desk = new SimDesk({ name, dir: join(this.#dir, name), line, random: this.#random });
      this.#desks.push({ desk, saved: [] });
      line.faultless = true;
      await desk.enrol(await this.#central.invitation());
      while (await desk.pull());
      line.faultless = false;
    }
  }

  async #take(what: keyof typeof STEP_WEIGHTS): Promise<void> {
    const at = this.#random.pick(this.#desks);
    const { desk } = at;
    switch (what) {
      case 'place':
        return this.#place(at);
      case 'amend':
        return this.#amend(at);
      case 'cancel':
        return this.#cancel(at);
      case 'repair':
        return this.#repair(at);
      case 'ask again':
        return this.#askAgain(at);
      case 'push':
        return this.#online(() => desk.push());
      case 'pull':
        return this.#online(() => desk.pull());
      case 'late arrival':
        return desk.line.deliverLate();
      case 'cut or mend the line':
        desk.line.cut = !desk.line.cut;
        return undefined;
      case 'desk crash':
        desk.crash();
        return undefined;
      case 'central restart':
        return this.#central.restart();
      case 'database connections die':
        return this.#central.killConnectionsDuring(() => this.#online(() => desk.push()));
      case 'clock jump':
        desk.clockErrorMs = this.#random.pick(CLOCK_ERRORS_MS);
        return undefined;
    }
  }

  #place(at: SimulatedDesk): void {
    const { customers, products } = this.#central.catalogue;
    const orderId = uuidV7(Date.now(), this.#random.bytes(10));
    const lines = Array.from({ length: this.#random.between(1, 5) }, () => ({
      productId: this.#random.pick(products),
      unit: this.#random.chance(0.2) ? 'case' : 'piece',
      quantity: this.#random.between(1, 9),
    }));
    const placed = { orderId, customerId: this.#random.pick(customers), lines, note: '🎄 备注' };
    const answer = at.desk.orders.orders.place(placed, 'en');
    const owner = this.#numbers.get(answer.number);
    if (owner !== undefined) throw new Violation(`number ${answer.number} was given to ${owner} and to ${orderId}`);
    this.#numbers.set(answer.number, orderId);
    at.saved.push({ orderId, number: answer.number, placed });
    if (answer.issues.length > 0) this.tally.hit('outcome: saved with a warning');
  }

  #askAgain(at: SimulatedDesk): void {
    if (at.saved.length === 0) return;
    const { placed, number, orderId } = this.#random.pick(at.saved);
    const again = at.desk.orders.orders.place(placed, 'en');
    if (again.number !== number) throw new Violation(`${orderId} was ${number} and is ${again.number}`);
  }

  /** Any order the desk can see may be amended, also the other desk's: those two then meet at central. */
  #amend(at: SimulatedDesk): void {
    const order = this.#anyOrder(at);
    if (!order?.open) return;
    const lines = order.lines.map(({ productId, unit, quantity }) => ({
      productId,
      unit,
      quantity: Math.max(1, quantity + this.#random.between(-4, 4)),
    }));
    this.#command(() =>
      at.desk.orders.orders.amend(
        { orderId: order.orderId, customerId: order.customerId, lines, note: order.note },
        'en',
      ),
    );
  }

  #cancel(at: SimulatedDesk): void {
    const order = this.#anyOrder(at);
    if (!order?.open) return;
    this.#command(() => at.desk.orders.orders.cancel({ orderId: order.orderId, reason: '客户取消' }, 'en'));
  }

  /** What a person does with an order that needs attention: the repair that is offered, or the order is cancelled. */
  #repair(at: SimulatedDesk): void {
    const [first] = at.desk.orders.attention.list('en');
    if (!first) return;
    const order = at.desk.orders.orders.get(first.orderId, 'en');
    const repairs = first.issues.flatMap((issue) => issue.repairs);
    const lines = order.lines.flatMap(({ productId, unit, quantity }, index) => {
      const repair = repairs.find((one) => 'line' in one && one.line === index);
      if (repair?.kind === 'removeLine') return [];
      const taken = repair && 'quantity' in repair ? repair.quantity / 1_000 : quantity;
      return [{ productId, unit, quantity: taken }];
    });
    const { orderId, customerId, note } = order;
    this.tally.hit('step: a person repairs a refusal');
    this.#command(() =>
      lines.length === 0 || repairs.length === 0
        ? at.desk.orders.orders.cancel({ orderId, reason: '无货' }, 'en')
        : at.desk.orders.orders.amend({ orderId, customerId, lines, note }, 'en'),
    );
  }

  #anyOrder(at: SimulatedDesk): OrderDetail | undefined {
    const { rows } = at.desk.orders.orders.list({ offset: 0, limit: 30 });
    if (rows.length === 0) return undefined;
    return at.desk.orders.orders.get(this.#random.pick(rows).orderId, 'en');
  }

  /** A command may be refused at once, in words; then nothing was saved, and that is an outcome. */
  #command(command: () => unknown): void {
    try {
      command();
    } catch (error) {
      if (!(error instanceof AppError) || error.data.code !== 'INPUT') throw error;
      this.tally.hit(`outcome: not taken, ${error.data.issues[0]?.code ?? 'no reason'}`);
    }
  }

  async #online(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
      this.tally.hit('outcome: call went through');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.tally.hit(`outcome: ${error.data.code}`);
      if (!['CENTRAL_UNREACHABLE', 'CENTRAL_BUSY', 'INTERNAL'].includes(error.data.code)) throw error;
    }
  }

  #everySavedOrderIsThere(when: string): void {
    for (const { desk, saved } of this.#desks) {
      for (const { orderId, number } of saved) {
        const order = desk.orders.orders.get(orderId, 'en');
        if (order.number !== number) throw new Violation(`${when}: ${number} is now ${order.number} on ${desk.name}`);
        const sum = order.lines.reduce((total, line) => total + line.amountMinor, 0);
        if (sum !== order.totalMinor)
          throw new Violation(`${when}: ${number} has total ${order.totalMinor}, lines ${sum}`);
      }
    }
  }

  /** The line is whole, nothing new is written: everything settles, and both sides hold the same. */
  async #quietPoint(when: string): Promise<void> {
    for (const { desk } of this.#desks) {
      desk.line.cut = false;
      desk.line.faultless = true;
      await desk.line.deliverLate();
    }
    for (const { desk } of this.#desks) await this.#drain(desk, when);
    const broken = await brokenLaws(this.#central.db);
    for (const { desk, saved } of this.#desks) {
      const verified = await desk.verify();
      if (!verified.equal) broken.push(`${desk.name} differs from central in ${verified.different.join()}`);
      for (const { orderId, number } of saved) this.#settled(desk, orderId, number, broken);
    }
    if (broken.length > 0) throw new Violation(`${when}: ${broken.join('; ')}`);
    for (const { desk } of this.#desks) desk.line.faultless = false;
    this.tally.hit('quiet points');
  }

  async #drain(desk: SimDesk, when: string): Promise<void> {
    for (let round = 0; round < DRAIN_ROUNDS; round += 1) {
      desk.reoffer();
      await desk.push();
      while (await desk.pull());
      if (desk.waiting() === 0) return;
    }
    throw new Violation(`${when}: ${desk.waiting()} still wait on ${desk.name} over a whole line`);
  }

  #settled(desk: SimDesk, orderId: string, number: string, broken: string[]): void {
    const { sync, issues } = desk.orders.orders.get(orderId, 'en');
    this.tally.hit(`settled: ${sync}`);
    if (sync !== 'applied' && sync !== 'refused') broken.push(`${number} is ${sync} on ${desk.name}`);
    if (sync === 'refused' && issues.length === 0) broken.push(`${number} was refused without a word`);
    const waits = desk.orders.attention.list('en').some((item) => item.orderId === orderId);
    if (waits !== (sync === 'refused')) broken.push(`${number} is ${sync}; in the attention list: ${waits}`);
  }
}
