/**
 * One seed of the simulation: three desks of two branches, two nodes of central on a real PostgreSQL, a network, clocks
 * and disks that misbehave, and people. One thing happens at a time, and the seed says which: a statement goes to the
 * database, a message arrives, a timer fires, a person does something, something breaks. The same seed has the same
 * trace, event by event.
 *
 * After every event each saved order must be visible on its desk; after every quiet point the laws hold on all sides.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { connectCentral } from '../../src-central/db/connect.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { isTransientFault } from '../../src-central/db/transient-fault.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';
import type { DeskBuild } from './actors/desk-build.ts';
import { NewHouse } from './actors/new-house.ts';
import { DOINGS, doAtDesk, type Doing } from './actors/people.ts';
import { SimNode } from './actors/sim-node.ts';
import { SimOffice } from './actors/sim-office.ts';
import { Control } from './database/control.ts';
import { diskFolder, type SimPostgres } from './database/sim-postgres.ts';
import { DatabaseKeeper } from './actors/database-keeper.ts';
import { StatementGate } from './database/statement-gate.ts';
import { Paces } from './database/paces.ts';
import { newHouseUrl, type SimHouse } from './database/template.ts';
import { FAULTS } from './faults/all.ts';
import { killedAt } from './faults/central-crash.ts';
import type { Fault } from './faults/fault.ts';
import { killedInItsMigration } from './faults/new-house.ts';
import {
  CHUNK_ROWS,
  COURSES_END_WITHIN_MS,
  EVENT_MS,
  MAX_EVENTS,
  NEW_HOUSE,
  RESTART_MS,
  STEPS,
  STEPS_BETWEEN_QUIET_POINTS,
} from './limits.ts';
import { Network } from './network/network.ts';
import type { SavedOrder, Scene, Seat } from './scene.ts';
import { simRequest } from './network/sim-request.ts';
import { simFetch } from './network/sim-fetch.ts';
import { Numbers } from './invariants/numbers.ts';
import { checkPosition } from './invariants/position.ts';
import { checkScreens } from './invariants/screens.ts';
import { NODES, openHouse, SEATS } from './open-house.ts';
import { quietPoint } from './quiet-point.ts';
import { Violation } from './violation.ts';
import { actAs, newActor } from './world/actor.ts';
import { takeOver } from './world/globals.ts';
import { atRest } from './world/rest.ts';
import { World } from './world/world.ts';

/** How likely each kind of event is, when there is one of it to happen. */
const EVENT_WEIGHTS = { statement: 70, message: 30, timer: 24, step: 8, 'time passes': 1 } as const;
/** With nothing under way, something new is begun this often; else time goes on to what is planned. */
const STEP_WHEN_IDLE = 0.4;

export interface SeedDatabase {
  postgres: SimPostgres;
  house: SimHouse;
  /** What some desks begin with. */
  keptBuild: DeskBuild;
}

export class Simulation implements Scene {
  readonly world: World;
  readonly house: SimHouse;
  readonly seats: Seat[] = [];
  readonly nodes: SimNode[] = [];
  readonly newHouse: NewHouse | undefined;
  readonly network: Network;
  readonly gate: StatementGate;
  readonly office: SimOffice;
  readonly keeper: DatabaseKeeper;
  /** To be used with `outside`. */
  readonly lawsDb: CentralDb;
  readonly dir: string;
  /** Statements until one's connection breaks after it has run; undefined while none is planned. */
  breakAfterStatements: number | undefined;
  coursesUnderWay = 0;
  /** Where a node of central is to be killed. */
  centralCrashAt: Scene['centralCrashAt'];
  /** Events, not steps: statements, messages, timers. */
  events = 0;
  steps = 0;
  readonly #keptBuild: DeskBuild;
  readonly #self = newActor('world');
  #broken: unknown;
  /** What the scheduler must do itself, for it waits for the database in real time. */
  #chores: (() => Promise<void>)[] = [];
  /** Times that any desk's file was seen changed. */
  #deskCommits = 0;
  readonly #paces: Paces;
  readonly numbers: Numbers;
  readonly houseSeats = SEATS.length;

  private constructor(seed: number, of: { control: Control; database: SeedDatabase }) {
    this.world = new World(seed);
    this.numbers = new Numbers(this.world.tally);
    this.#paces = new Paces(this.world.random);
    const { house, postgres, keptBuild } = of.database;
    this.house = house;
    this.#keptBuild = keptBuild;
    this.keeper = new DatabaseKeeper(postgres);
    this.gate = new StatementGate(this.world, of.control);
    // A large house in such small pieces would take longer than all the rest of its seed.
    const chunkRows = this.house.unpriced.length > 0 ? undefined : CHUNK_ROWS;
    for (const name of NODES) {
      this.nodes.push(
        new SimNode({ name, world: this.world, gate: this.gate, chunkRows, databaseUrl: () => postgres.url }),
      );
    }
    if (seed % NEW_HOUSE.oneIn === NEW_HOUSE.which) {
      const databaseUrl = (): string => newHouseUrl(postgres.url);
      this.newHouse = new NewHouse({ world: this.world, gate: this.gate, databaseUrl });
    }
    this.network = new Network(this.world, new Map(this.nodes.map((node) => [node.name, node.reach])));
    this.office = new SimOffice(postgres.url, this.gate);
    this.lawsDb = connectCentral(postgres.url, { connections: 1 });
    // A desk's every commit is synced: in memory that costs nothing, and a killed process loses nothing either way.
    this.dir = mkdtempSync(join(diskFolder(), `orderdesk-sim-${seed}-`));
  }

  static async open(seed: number, database: SeedDatabase): Promise<Simulation> {
    return new Simulation(seed, { control: await Control.connect(database.postgres.url), database });
  }

  /** @throws Violation with what was broken, after which step. */
  async run(): Promise<void> {
    takeOver({
      now: () => this.world.nowMs,
      timers: this.world.timers,
      random: () => this.world.entropy.next(),
      randomBytes: (count) => this.world.entropy.bytes(count),
      request: (url, options) => simRequest(this.network, url, options),
      fetch: (url, init) => simFetch(this.network, url, init),
    });
    try {
      await openHouse(this, this.#keptBuild);
      this.network.faultless = false;
      while (this.steps < STEPS) {
        const before = this.steps;
        await this.#event(true);
        if (this.steps > before && this.steps % STEPS_BETWEEN_QUIET_POINTS === 0) await this.#quietPoint();
      }
    } finally {
      await this.#close();
    }
  }

  async #quietPoint(): Promise<void> {
    // A course of several steps takes longer than it is between two quiet points; it is let come to its end first.
    await this.until('courses end', () => this.coursesUnderWay === 0, COURSES_END_WITHIN_MS);
    await quietPoint(this);
  }

  /** Lets things happen, none of them new, until it is so. @throws Violation when it is not within the time. */
  async until(what: string | (() => string), isSo: () => boolean, withinMs: number): Promise<void> {
    const deadline = this.world.nowMs + withinMs;
    while (!isSo()) {
      if (this.world.nowMs > deadline) {
        throw new Violation(`after ${withinMs} ms not yet: ${typeof what === 'string' ? what : what()}`);
      }
      await this.#event(false);
    }
  }

  async untilSaved(what: string | (() => string), isSo: () => boolean, withinMs: number): Promise<void> {
    let seen = -1;
    const isSoNow = (): boolean => {
      if (seen === this.#deskCommits) return false;
      seen = this.#deskCommits;
      return isSo();
    };
    await this.until(what, isSoNow, withinMs);
  }

  spawn(name: string, work: () => Promise<unknown>): void {
    void work().then(
      () => this.world.tally.hit(`outcome: ${name} done`),
      (error: unknown) => {
        if (error instanceof AppError && error.data.code !== 'STORE_DAMAGED') {
          this.world.tally.hit(`outcome: ${name}: ${error.data.code}`);
        } else if (isTransientFault(error)) this.world.tally.hit(`outcome: ${name}: the database was away`);
        else this.#broken ??= error;
      },
    );
  }

  /** Runs it to its end while things happen, and returns what it came to. */
  async through<T>(what: string, withinMs: number, work: () => Promise<T>): Promise<T> {
    const outcome: { done?: { value: T } | { error: unknown } } = {};
    void work().then(
      (value) => (outcome.done = { value }),
      (error: unknown) => (outcome.done = { error }),
    );
    await this.until(what, () => outcome.done !== undefined, withinMs);
    const { done } = outcome;
    if (done && 'value' in done) return done.value;
    throw done?.error;
  }

  saved(seat: Seat, order: SavedOrder): void {
    this.numbers.give(seat, order);
    seat.saved.set(order.orderId, order);
  }

  signIn(seat: Seat): Promise<unknown> {
    return seat.desk.use((services) => services.session.signIn({ userName: seat.userName, password: TEST_PASSWORD }));
  }

  startDesk(seat: Seat): void {
    const { desk } = seat;
    if (seat.starting || desk.services) return;
    seat.starting = true;
    this.world.note('starts', desk.name);
    this.spawn('desk start', async () => {
      try {
        await desk.start();
      } catch (error) {
        // A full disk, say. It stays as it is, and is started again by somebody.
        desk.dieAfter(0);
        throw error;
      } finally {
        seat.starting = false;
      }
    });
  }

  startNode(node: SimNode): void {
    if (node.actor) return;
    this.world.note('starts', node.name);
    this.spawn('central start', async () => {
      try {
        await node.start();
      } catch (error) {
        if (!isTransientFault(error)) throw error;
        // Its keeper starts it again.
        this.world.tally.hit('outcome: central start failed for want of its database');
        this.#chores.push(() => node.crash(this.network));
        this.later(RESTART_MS, () => this.startNode(node));
      }
    });
  }

  /** Questions of the simulation's own, past the gate; while nothing else is under way. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return actAs(this.#self, work);
  }

  /** Something of the simulation's own, at a later moment. */
  later(delayMs: number, run: () => void): void {
    actAs(this.#self, () => this.world.timers.plan(run, delayMs));
  }

  /** One thing happens. `anew`: also something that nobody asked for. */
  async #event(anew: boolean): Promise<void> {
    this.events += 1;
    if (this.events > MAX_EVENTS) throw new Violation(`no end after ${MAX_EVENTS} events`);
    const { world, gate, network } = this;
    const statements = [...gate.waiting, ...gate.ended];
    const messages = network.due();
    const timers = world.timers.due();
    const busy = statements.length + messages.length + timers.length > 0;
    if (!busy && !(anew && world.random.chance(STEP_WHEN_IDLE))) this.#timePasses();
    else {
      const kind = world.random.weighted({
        statement: statements.length > 0 ? EVENT_WEIGHTS.statement : 0,
        message: messages.length > 0 ? EVENT_WEIGHTS.message : 0,
        timer: timers.length > 0 ? EVENT_WEIGHTS.timer : 0,
        step: anew ? EVENT_WEIGHTS.step : 0,
        'time passes': anew ? EVENT_WEIGHTS['time passes'] : 0,
      });
      if (kind === 'statement') await this.#statement();
      else if (kind === 'message') network.deliver(world.random.pick(messages));
      else if (kind === 'timer') {
        const timer = world.random.pick(timers);
        world.note('timer', timer.actor);
        world.timers.fire(timer);
      } else if (kind === 'step') await this.#step();
      else this.#timePasses();
    }
    world.nowMs += EVENT_MS;
    await atRest();
    for (const chore of this.#chores.splice(0)) await chore();
    await this.gate.tidy();
    if (this.#broken !== undefined) throw this.#broken;
    this.#raiseTheDead();
    for (const seat of this.seats) {
      if (seat.desk.changed()) {
        this.#deskCommits += 1;
        checkScreens(this, seat);
        checkPosition(seat);
      }
    }
  }

  async #statement(): Promise<void> {
    const { gate, world } = this;
    const statement = this.#paces.next([...gate.waiting, ...gate.ended], this.events);
    if (gate.ended.includes(statement)) return gate.hand(statement);
    if (await killedAt(this, statement)) return undefined;
    if (await killedInItsMigration(this, statement)) return undefined;
    if (this.breakAfterStatements !== undefined && (this.breakAfterStatements -= 1) <= 0) {
      if (statement.text !== 'connect' && statement.connection.processID) {
        this.breakAfterStatements = undefined;
        world.tally.hit('fault: database connection broken after a statement');
        return gate.letGoAndBreak(statement);
      }
    }
    return gate.letGo(statement);
  }

  /** To the next thing that is planned; a little where none is. */
  #timePasses(): void {
    const next = [this.world.timers.nextAt(), this.network.nextAt()].filter((at) => at !== undefined);
    this.world.nowMs = Math.max(this.world.nowMs + EVENT_MS, next.length > 0 ? Math.min(...next) : 0);
  }

  async #step(): Promise<void> {
    const { world } = this;
    this.steps += 1;
    const possible = FAULTS.filter((fault) => fault.possible(this));
    const weights: Record<string, number> = { ...DOINGS };
    for (const fault of possible) weights[fault.name] = fault.weight;
    const name = world.random.weighted(weights);
    const fault: Fault | undefined = possible.find((each) => each.name === name);
    if (fault) {
      world.note('fault', undefined, name);
      world.tally.hit('steps');
      await fault.strike(this);
      return;
    }
    const seat = world.random.pick(this.seats);
    world.note('step', seat.desk.name, name);
    world.tally.hit(`step: ${name}`);
    world.tally.hit('steps');
    if (seat.desk.services) doAtDesk(this, seat, name as Doing);
  }

  /** Desks that died after a commit are started again a while later. */
  #raiseTheDead(): void {
    for (const seat of this.seats) {
      if (!seat.desk.dead || seat.starting) continue;
      seat.starting = true;
      this.world.note('died', seat.desk.name);
      this.later(this.world.random.between(10, 5_000), () => {
        seat.starting = false;
        this.startDesk(seat);
      });
    }
  }

  async #close(): Promise<void> {
    for (const { desk } of this.seats) desk.close();
    const nodes = [...this.nodes, ...(this.newHouse?.nodes ?? [])];
    const actors = [...nodes.map((node) => node.actor), this.office.actor].filter((actor) => actor !== undefined);
    for (const actor of actors) {
      actor.alive = false;
      await this.gate.crash(actor).catch(() => undefined);
    }
    takeOver(undefined);
    await this.outside(() => this.lawsDb.destroy());
    await this.gate.control.close().catch(() => undefined);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
