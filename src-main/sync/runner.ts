/**
 * Repeats one step for as long as it runs: at once when woken, later when the step says so, after a backoff when it
 * failed. Push, pull and poke each have one, so that none can starve another.
 *
 * Guarantees: at most one step at a time that counts; a wake during a step is not lost; a wake during a backoff does
 * not shorten it (a clerk who types quickly must not hammer a central that is down), `retryNow` does. A failure of any
 * kind only ever means another attempt.
 */
import { createBackoff, type Backoff } from './backoff.ts';
import { BLOCKED_RETRY_MS, STEP_STALL_MS, STOP_WAIT_MS, TIMER_GRACE_MS } from './limits.ts';
import type { Scheduler } from './scheduler.ts';

/** What a step that went well wants next. */
export type Next = 'again' | { afterMs: number };

export interface RunnerOptions {
  name: string;
  /**
   * A long step calls `well` when it has got through: what fails afterwards is a first failure again. A slow one calls
   * `alive` as it makes progress: it is not taken for one that hangs.
   */
  step: (signal: AbortSignal, well: () => void, alive: () => void) => Promise<Next>;
  /** Told of each failure; `blocked` when only a person can mend it, so that there is no hurry. */
  onFailure: (error: unknown) => 'retry' | 'blocked';
  scheduler: Scheduler;
  random: (count: number) => Uint8Array;
  /** The longest backoff, in milliseconds, where it is not the protocol's. */
  backoffLastMs?: number;
  stallMs?: number;
}

export interface RunnerStall {
  /** A step takes too long; it should have begun long ago; it will never begin. */
  reason: 'hangs' | 'overdue' | 'not planned';
  forMs: number;
}

export interface Runner {
  readonly name: string;
  /** There is something to do. */
  wake(): void;
  /** The line is back, or a person asked: forget the failures and try at once. */
  retryNow(): void;
  /** Resolves when a step that starts after this call has ended, well or not. */
  attempted(): Promise<void>;
  /** Why this runner should have made progress and has not; `undefined` when all is well. */
  stall(): RunnerStall | undefined;
  /** When (monotonic) a step last got through; -Infinity before. */
  lastWellAt(): number;
  /**
   * Starts anew when the step has made no progress for so long: the line that it waits on has fallen silent.
   *
   * @returns whether a step was given up.
   */
  restartIfQuiet(forMs: number): boolean;
  /** Gives up the step that hangs and starts anew. Whatever that step does yet is safe to happen twice. */
  restart(): void;
  /** Resolves when nothing of it runs any more; a step that won't end is left behind: its commits are never halves. */
  stop(): Promise<void>;
}

export function startRunner(options: RunnerOptions): Runner {
  return new RunnerState(options);
}

interface Turn {
  abort: AbortController;
  /** When it began, or last made progress. */
  aliveAt: number;
  ended: Promise<void>;
}

class RunnerState implements Runner {
  readonly name: string;
  private readonly options: RunnerOptions;
  private readonly backoff: Backoff;
  private turn: Turn | undefined;
  private woken = false;
  private backingOff = false;
  /** Asked for while a step was running: that one may have begun on a line that was still cut. */
  private retryAsked = false;
  private dueAt: number | undefined;
  private wellAt = -Infinity;
  private cancelTimer: (() => void) | undefined;
  private stopped = false;
  private waiting: (() => void)[] = [];

  constructor(options: RunnerOptions) {
    this.options = options;
    this.name = options.name;
    this.backoff = createBackoff(options.random, options.backoffLastMs);
    this.plan(0);
  }

  wake(): void {
    this.woken = true;
    if (this.turn || this.backingOff) return;
    // Planned already: planning anew at every wake would put the step off for as long as there are wakes.
    if (this.dueAt === undefined || this.dueAt > this.options.scheduler.monotonicNow()) this.plan(0);
  }

  retryNow(): void {
    this.backoff.reset();
    this.backingOff = false;
    this.retryAsked = true;
    this.wake();
  }

  attempted(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stall(): RunnerStall | undefined {
    if (this.stopped) return undefined;
    const now = this.options.scheduler.monotonicNow();
    const stallMs = this.options.stallMs ?? STEP_STALL_MS;
    if (this.turn) {
      const forMs = now - this.turn.aliveAt;
      return forMs > stallMs ? { reason: 'hangs', forMs } : undefined;
    }
    if (this.dueAt === undefined) return { reason: 'not planned', forMs: 0 };
    const forMs = now - this.dueAt;
    return forMs > TIMER_GRACE_MS ? { reason: 'overdue', forMs } : undefined;
  }

  lastWellAt(): number {
    return this.wellAt;
  }

  restartIfQuiet(forMs: number): boolean {
    const now = this.options.scheduler.monotonicNow();
    if (!this.turn || now - this.turn.aliveAt < forMs) return false;
    this.restart();
    return true;
  }

  restart(): void {
    if (this.turn) {
      this.turn.abort.abort();
      this.turn = undefined;
    }
    this.backingOff = false;
    this.plan(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTimer?.();
    this.turn?.abort.abort();
    if (this.turn) await this.endOf(this.turn);
    this.tellWaiting(this.waiting.splice(0));
  }

  private plan(delayMs: number): void {
    if (this.stopped) return;
    this.cancelTimer?.();
    this.dueAt = this.options.scheduler.monotonicNow() + delayMs;
    this.cancelTimer = this.options.scheduler.after(delayMs, () => this.begin());
  }

  private begin(): void {
    if (this.stopped || this.turn) return;
    this.woken = false;
    this.retryAsked = false;
    this.backingOff = false;
    const abort = new AbortController();
    const turn: Turn = { abort, aliveAt: this.options.scheduler.monotonicNow(), ended: Promise.resolve() };
    this.turn = turn;
    turn.ended = this.run(turn, this.waiting.splice(0));
  }

  private async run(turn: Turn, told: (() => void)[]): Promise<void> {
    let delayMs = 0;
    let failed = false;
    try {
      const next = await this.options.step(
        turn.abort.signal,
        () => this.gotThrough(),
        () => (turn.aliveAt = this.options.scheduler.monotonicNow()),
      );
      this.gotThrough();
      delayMs = next === 'again' ? 0 : next.afterMs;
    } catch (error) {
      failed = true;
      // Being stopped or restarted is no failure of the line.
      if (this.turn === turn && !this.stopped) delayMs = this.delayAfter(error);
    } finally {
      this.tellWaiting(told);
      // A turn that was given up has a successor, which plans for itself.
      if (this.turn === turn) {
        this.turn = undefined;
        this.backingOff = failed && !this.retryAsked;
        this.plan(this.retryAsked || (!failed && this.woken) ? 0 : delayMs);
      }
    }
  }

  private gotThrough(): void {
    this.backoff.reset();
    this.wellAt = this.options.scheduler.monotonicNow();
  }

  private delayAfter(error: unknown): number {
    const verdict = this.options.onFailure(error);
    return verdict === 'blocked' ? BLOCKED_RETRY_MS : this.backoff.nextMs();
  }

  private endOf(turn: Turn): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.options.scheduler.after(STOP_WAIT_MS, resolve);
    });
    return Promise.race([turn.ended, late]).finally(cancel);
  }

  private tellWaiting(told: (() => void)[]): void {
    for (const resolve of told) resolve();
  }
}
