/**
 * The gate in front of the database: every statement of every simulated process waits here until the scheduler lets it
 * go, one at a time.
 *
 * Guarantees: after `letGo` nothing of it still runs in the database: the statement has ended, or waits for a lock that
 * another transaction holds (`pg_blocking_pids`), in which case it stays outstanding, and its end is noticed after the
 * statement that let go of the lock. What has ended then is handed over in the order in which it was begun, by the
 * scheduler's choice.
 *
 * Not guaranteed: which of two statements that one commit unblocks is first inside PostgreSQL. They wait in its own
 * queues, first come first served.
 */
import type pg from 'pg';
import { LOOK_FOR_BLOCK_REAL_MS } from '../limits.ts';
import { actAs, type Actor } from '../world/actor.ts';
import { realDelay } from '../world/real.ts';
import { atRest } from '../world/rest.ts';
import type { World } from '../world/world.ts';
import type { Control } from './control.ts';

/** pg's client has the number of its server process, and does not say so in its types. */
export interface GatedConnection extends pg.ClientBase {
  processID: number | null;
  /** The server has statements of it. */
  readonly busy: boolean;
  /** As a cable that is cut: no goodbye to the server. Resolves when both sides have noticed. */
  sever(): Promise<void>;
  /** The server ends it, and says so. */
  terminate(): Promise<void>;
  /** Its process has died. Resolves when the server has rolled back what was open. */
  abandon(): Promise<void>;
}

export interface GatedStatement {
  id: number;
  actor: Actor;
  connection: GatedConnection;
  text: string;
  start: () => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface Ended {
  statement: GatedStatement;
  hand: () => void;
  said: string;
}

/** A connection on its way out; whoever let it go is told by `hand`. */
interface Leaving {
  pid: number | undefined;
  gone: Promise<unknown>;
  hand: () => void;
}

/** After these another transaction may go on. */
const LETS_LOCKS_GO = /^(commit|rollback|select pg_advisory_unlock|drop|end|connect)/i;
/** Statements that may see the clock, also by a column's default. */
const ASKS_THE_TIME = /now\(\)|clock_timestamp|insert|merge/i;

export class StatementGate {
  readonly #world: World;
  readonly control: Control;
  readonly connections = new Set<GatedConnection & { actor: Actor }>();
  #waiting: GatedStatement[] = [];
  #outstanding = new Map<GatedStatement, Ended | undefined>();
  #leaving: Leaving[] = [];
  #lastId = 0;
  #progress: (() => void) | undefined;

  constructor(world: World, control: Control) {
    this.#world = world;
    this.control = control;
  }

  enter(of: Omit<GatedStatement, 'id' | 'resolve' | 'reject'>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#waiting.push({ ...of, id: this.#lastId, resolve, reject });
    });
  }

  get waiting(): readonly GatedStatement[] {
    return this.#waiting;
  }

  /** Let go, blocked when last looked at, and ended since. */
  get ended(): readonly GatedStatement[] {
    return [...this.#outstanding].flatMap(([statement, ended]) => (ended ? [statement] : []));
  }

  get blocked(): readonly GatedStatement[] {
    return [...this.#outstanding].flatMap(([statement, ended]) => (ended ? [] : [statement]));
  }

  /** Lets one go and waits until the database is still. */
  async letGo(statement: GatedStatement): Promise<void> {
    await this.#begin(statement);
    if (LETS_LOCKS_GO.test(statement.text)) await this.settle();
    else await this.#settled([statement]);
    if (this.#outstanding.get(statement)) this.hand(statement);
    else this.#world.note('blocked', statement.actor, `#${statement.id}`);
    await atRest();
  }

  /** Runs one to its end in the database, and its connection breaks before the answer has come. */
  async letGoAndBreak(statement: GatedStatement): Promise<void> {
    await this.#begin(statement);
    await this.#settled([statement]);
    if (!this.#outstanding.get(statement)) return;
    this.#outstanding.delete(statement);
    this.#world.note('broke after', statement.actor, `#${statement.id} ${headOf(statement.text)}`);
    await statement.connection.sever();
    actAs(statement.actor, () => statement.reject(new Error('Connection terminated unexpectedly')));
    await this.settle();
    await atRest();
  }

  /** Gives whoever asked the result of what has ended. */
  hand(statement: GatedStatement): void {
    const ended = this.#outstanding.get(statement);
    if (!ended) return;
    this.#outstanding.delete(statement);
    this.#world.note('statement', statement.actor, `#${statement.id} ${headOf(statement.text)}: ${ended.said}`);
    actAs(statement.actor, ended.hand);
  }

  /** Until everything that was let go has ended or is blocked, and no connection is being closed. */
  async settle(): Promise<void> {
    const leaving = this.#leaving.splice(0);
    const pids = leaving.flatMap(({ pid }) => pid ?? []);
    if (pids.length > 0) await this.control.gone(pids);
    await Promise.allSettled(leaving.map(({ gone }) => gone));
    // One after the other and each to its rest: which of them the server was done with first must decide nothing.
    for (const { hand } of leaving) {
      hand();
      await atRest();
    }
    await this.#settled([...this.#outstanding.keys()]);
  }

  /** Waits for connections that are being closed. */
  async tidy(): Promise<void> {
    if (this.#leaving.length === 0) return;
    await this.settle();
    await atRest();
  }

  /**
   * Notes that a connection is on its way out: its locks go when its server process has gone, or is another's.
   *
   * @returns resolves in its turn when the gate is settled.
   */
  leaving(connection: GatedConnection & { actor: Actor }, gone: Promise<void>, isKept: boolean): Promise<void> {
    const pid = connection.processID;
    if (!this.connections.delete(connection) || !pid) return gone;
    return new Promise((resolve) => {
      this.#leaving.push({ pid: isKept ? undefined : pid, gone, hand: () => resolve(gone) });
    });
  }

  /** What a killed process leaves: nothing. Its transactions are rolled back, its answers reach nobody. */
  async crash(actor: Actor): Promise<void> {
    this.#waiting = this.#waiting.filter((statement) => statement.actor !== actor);
    for (const statement of this.#outstanding.keys()) {
      if (statement.actor === actor) this.#outstanding.delete(statement);
    }
    for (const connection of this.#leave(actor)) await connection.abandon();
    await this.settle();
  }

  /** The line between a node and its database breaks: the process lives on and learns it from its next statements. */
  async disconnect(actor: Actor): Promise<number> {
    const own = this.#leave(actor);
    for (const connection of own) await connection.terminate();
    await this.settle();
    await atRest();
    return own.length;
  }

  /** Its connections, none of them here any more; those first that wait for a lock, which the others may let go of. */
  #leave(actor: Actor): GatedConnection[] {
    const own = [...this.connections].filter((connection) => connection.actor === actor && connection.processID);
    for (const connection of own) this.connections.delete(connection);
    return [...own.filter((connection) => connection.busy), ...own.filter((connection) => !connection.busy)];
  }

  async #begin(statement: GatedStatement): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== statement);
    if (ASKS_THE_TIME.test(statement.text)) await this.control.tellTime(this.#world.nowMs);
    this.#outstanding.set(statement, undefined);
    const end = (hand: () => void, said: string): void => {
      if (this.#outstanding.has(statement)) this.#outstanding.set(statement, { statement, hand, said });
      this.#progress?.();
    };
    actAs(statement.actor, statement.start).then(
      (value) => end(() => statement.resolve(value), countOf(value)),
      (error: unknown) => end(() => statement.reject(error), codeOf(error)),
    );
  }

  async #settled(among: readonly GatedStatement[]): Promise<void> {
    const running = (): GatedStatement[] =>
      among.filter((statement) => this.#outstanding.has(statement) && !this.#outstanding.get(statement));
    while (running().length > 0) {
      const progress = new Promise<void>((resolve) => {
        this.#progress = resolve;
      });
      await Promise.race([progress, realDelay(LOOK_FOR_BLOCK_REAL_MS)]);
      const left = running();
      if (left.length === 0) return;
      const pids = left.map((statement) => statement.connection.processID ?? 0);
      const blocked = await this.control.blocked(pids);
      if (running().every((statement) => blocked.has(statement.connection.processID ?? 0))) return;
    }
  }
}

/** Enough to know it by in a trace; never values, for those of transaction ids differ from run to run. */
function headOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 70);
}

function countOf(value: unknown): string {
  const count = (value as { rowCount?: unknown } | undefined)?.rowCount;
  return typeof count === 'number' ? String(count) : 'done';
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return `failed ${typeof code === 'string' ? code : 'without a code'}`;
}
