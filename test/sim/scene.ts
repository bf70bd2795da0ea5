/** What a fault, a person or a quiet point may do in a simulation, and see of it. simulation.ts makes it happen. */
import type { GivenOrder } from '../../src-main/api/desk-services.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import type { DatabaseKeeper } from './actors/database-keeper.ts';
import type { NewHouse } from './actors/new-house.ts';
import type { SimDesk } from './actors/sim-desk.ts';
import type { SimNode } from './actors/sim-node.ts';
import type { SimOffice } from './actors/sim-office.ts';
import type { StatementGate } from './database/statement-gate.ts';
import type { SimHouse } from './database/template.ts';
import type { FilePast, Numbers } from './invariants/numbers.ts';
import type { Network } from './network/network.ts';
import type { World } from './world/world.ts';

/** A simulated desk, and who sits at it. */
export interface Seat {
  desk: SimDesk;
  /** The branch's code. */
  branch: string;
  /** Orders that the desk has said are saved, by id. */
  saved: Map<string, SavedOrder>;
  /** Mutations that the desk has said are saved: central must come to judge each. */
  mutations: Set<string>;
  /** Of those, the ones that it has shown as promised, by id (invariants/promises.ts). */
  promises: Map<string, OrderPromise>;
  userName: string;
  /** How far it has come in central's feed, and in which epoch. */
  position: { epoch: string; xid: bigint } | undefined;
  /** It has been told to start, or will be. */
  starting: boolean;
  /** What copies its file has had. */
  past: FilePast;
  /** Its folder as it was at some commit. */
  image: DeskImage | undefined;
  /** Orders that its file has forgotten and central has: from the next quiet point on they must be there again. */
  returning: Map<string, SavedOrder>;
}

/** A desk's folder as somebody kept it, and what had been said to be saved in it. */
export interface DeskImage {
  dir: string;
  saved: Map<string, SavedOrder>;
  mutations: Set<string>;
  past: FilePast;
}

/** An order that lay within what was set aside for the desk. */
export interface OrderPromise {
  number: string;
  /** Taken back already, as the office knew then: not from these was it promised, unless the desk held them still. */
  takenBackBefore: ReadonlySet<string>;
  /** Leases that the desk held and had not renounced. */
  heldLeases: ReadonlySet<string>;
}

export interface SavedOrder {
  orderId: string;
  number: string;
  placed: GivenOrder & { orderId: string };
}

export interface Scene {
  readonly world: World;
  readonly house: SimHouse;
  readonly seats: Seat[];
  readonly nodes: SimNode[];
  /** Of the few seeds that have one. */
  readonly newHouse: NewHouse | undefined;
  readonly network: Network;
  readonly gate: StatementGate;
  readonly office: SimOffice;
  readonly keeper: DatabaseKeeper;
  /** For questions of the simulation's own, past the gate; to be used with `outside`. */
  readonly lawsDb: CentralDb;
  readonly dir: string;
  /** Statements until one's connection breaks after it has run; undefined while none is planned. */
  breakAfterStatements: number | undefined;
  /** Faults that consist of several steps, each waiting for the one before: a quiet point waits for their end. */
  coursesUnderWay: number;
  /** Where a node of central is to be killed: with the next statement of a node that is like this. */
  centralCrashAt: { name: string; mark: RegExp } | undefined;
  readonly steps: number;
  readonly numbers: Numbers;
  /** Desks that a seed begins with; what is beyond them are clones. */
  readonly houseSeats: number;
  /** Lets things happen, none of them new, until it is so. @throws Violation when it is not within the time. */
  until(what: string | (() => string), isSo: () => boolean, withinMs: number): Promise<void>;
  /** The same of what the desks' files say: looked at when one has changed. */
  untilSaved(what: string | (() => string), isSo: () => boolean, withinMs: number): Promise<void>;
  /** Runs work to its end while things happen, and returns what it came to. */
  through<T>(what: string, withinMs: number, work: () => Promise<T>): Promise<T>;
  /** Work that goes on beside everything else, as the scheduler lets it. What it fails with in words is an outcome. */
  spawn(name: string, work: () => Promise<unknown>): void;
  /** Questions of the simulation's own, past the gate; while nothing else is under way. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  /** Something of the simulation's own, at a later moment. */
  later(delayMs: number, run: () => void): void;
  /** A desk has said that an order is saved: from now on it must be there. */
  saved(seat: Seat, order: SavedOrder): void;
  /** The seat's person signs in at its desk. */
  signIn(seat: Seat): Promise<unknown>;
  startDesk(seat: Seat): void;
  startNode(node: SimNode): void;
}
