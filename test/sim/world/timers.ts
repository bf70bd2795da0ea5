/** Planned things of simulated time. None runs by itself: the scheduler fires those that are due, one by one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { actorNow, type Actor } from './actor.ts';

export interface PlannedTimer {
  id: number;
  at: number;
  everyMs: number | undefined;
  actor: Actor;
  run: () => void;
}

/** What `setTimeout` returns in a simulation. */
export class SimTimer {
  readonly id: number;
  readonly #timers: SimTimers;

  constructor(id: number, timers: SimTimers) {
    this.id = id;
    this.#timers = timers;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.#timers.refresh(this.id);
    return this;
  }

  close(): this {
    this.#timers.cancel(this.id);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export class SimTimers {
  readonly #now: () => number;
  readonly #planned = new Map<number, PlannedTimer & { delayMs: number }>();
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  plan(run: () => void, delayMs: number, repeating = false): SimTimer {
    const actor = actorNow();
    // A crash could not take it along.
    if (!actor) throw new Error(`nobody knows whose timer of ${delayMs} ms this is`);
    this.#lastId += 1;
    const id = this.#lastId;
    // The rest of the turn in which it died: nothing comes of it.
    if (!actor.alive) return new SimTimer(id, this);
    // Node's own rule, but that time is whole here.
    const wait = Number.isFinite(delayMs) && delayMs >= 1 ? Math.ceil(delayMs) : 1;
    const inContext = AsyncLocalStorage.snapshot();
    this.#planned.set(id, {
      id,
      at: this.#now() + wait,
      delayMs: wait,
      everyMs: repeating ? wait : undefined,
      actor,
      run: () => inContext(run),
    });
    return new SimTimer(id, this);
  }

  cancel(id: number): void {
    this.#planned.delete(id);
  }

  refresh(id: number): void {
    const timer = this.#planned.get(id);
    if (timer) timer.at = this.#now() + timer.delayMs;
  }

  /** Those whose time has come, in the order in which they were made. */
  due(): PlannedTimer[] {
    const now = this.#now();
    return [...this.#planned.values()].filter((timer) => timer.at <= now);
  }

  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#planned.values()) if (next === undefined || at < next) next = at;
    return next;
  }

  fire(timer: PlannedTimer): void {
    if (timer.everyMs === undefined) this.#planned.delete(timer.id);
    // A machine that slept runs an interval once and goes on from there.
    else timer.at = this.#now() + timer.everyMs;
    timer.run();
  }

  forget(actor: Actor): void {
    for (const timer of this.#planned.values()) if (timer.actor === actor) this.#planned.delete(timer.id);
  }
}
