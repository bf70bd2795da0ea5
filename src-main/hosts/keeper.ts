/**
 * Keeps copies of the desk's file and looks whether it is sound, beside everything else.
 *
 * Guarantees: within seconds of an order there is a copy of it in another file (as long as the disk has room); once a
 * day a copy of everything; a check soon after the start and each night. None of it runs in this thread, none of it can
 * stop an order, and whatever of it fails is shown and tried again. It does not restore: who hears of damage does.
 */
import type { CopyFacts, SafetyStatus } from '../api/safety-services.ts';
import type { Platform } from '../platform.ts';
import { deskFolder, listCopies, type CopyKind } from '../safety/desk-folder.ts';
import { createJobThread, JobFailed } from '../safety/job-thread.ts';
import {
  CHECK_AFTER_START_MS,
  CHECK_LATEST_MS,
  COPY_RETRY_MS,
  IDLE_BEFORE_LONG_JOB_MS,
  LAST_COPY_WAIT_MS,
  LOOK_EVERY_MS,
  NIGHT_CHECK_EVERY_MS,
  NIGHT_HOURS,
  ORDERS_COPY_AFTER_MS,
  ORDERS_COPY_TIME_SHARE,
  WHOLE_COPY_EVERY_MS,
  WHOLE_COPY_LATEST_MS,
} from '../safety/limits.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import type { DeskLog } from './desk-log.ts';

export interface KeeperParts {
  dataDir: string;
  /** The program of the thread: a path, for it differs between the built desk and its source. */
  thread: string | URL;
  platform: Platform;
  scheduler: Scheduler;
  log: DeskLog;
  /** The branch's; the machine's own where it is not known. */
  timeZone: () => string | undefined;
  /** False while a fill is going on: half of it is not worth a copy. */
  isFilled: () => boolean;
  /** When the whole file was last found sound, as an earlier start left it. */
  lastThoroughCheckAt: number | null;
  onThoroughCheck: (at: number) => void;
  onDamage: (problems: readonly string[]) => void;
  /** The status has changed. */
  onChange: () => void;
}

export interface Keeper {
  /** Something of the desk's own was written. */
  touch(): void;
  status(): Pick<SafetyStatus, 'ordersCopy' | 'wholeCopy' | 'copyProblem' | 'check'>;
  /** Makes a last copy of the orders where one is due, within a bound; none of a file that is damaged. */
  close(of: { isDamaged: boolean }): Promise<void>;
}

export function startKeeper(parts: KeeperParts): Keeper {
  return new RunningKeeper(parts);
}

class RunningKeeper implements Keeper {
  readonly #parts: KeeperParts;
  readonly #thread;
  readonly #problems = new Map<CopyKind, NonNullable<SafetyStatus['copyProblem']>>();
  #check: SafetyStatus['check'] = null;
  #thoroughAt: number | null;
  #due = false;
  #ordersCopyTookMs = 0;
  #touchedAt: number;
  #busy: Promise<void> | undefined;
  #wholeFailedAt = -Infinity;
  #cancelOrders: (() => void) | undefined;
  #cancelLook: () => void;
  #cancelCheck: () => void;
  #closed = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#thread = createJobThread(parts.thread);
    this.#thoroughAt = parts.lastThoroughCheckAt;
    this.#touchedAt = parts.scheduler.monotonicNow();
    this.#cancelCheck = parts.scheduler.after(CHECK_AFTER_START_MS, () => void this.#runCheck('quick'));
    this.#cancelLook = parts.scheduler.after(LOOK_EVERY_MS, () => this.#look());
    this.touch();
  }

  touch(): void {
    this.#touchedAt = this.#parts.scheduler.monotonicNow();
    this.#due = true;
    // Not put off by every order: after the first that is in no copy, it is due.
    if (this.#cancelOrders || this.#closed) return;
    this.#planOrders(Math.max(ORDERS_COPY_AFTER_MS, this.#ordersCopyTookMs * ORDERS_COPY_TIME_SHARE));
  }

  status(): ReturnType<Keeper['status']> {
    const copies = listCopies(deskFolder(this.#parts.dataDir));
    const newest = (kind: CopyKind): CopyFacts | null => {
      const found = copies.find((copy) => copy.kind === kind);
      return found ? { at: found.at, bytes: found.bytes } : null;
    };
    return {
      ordersCopy: newest('orders'),
      wholeCopy: newest('whole'),
      copyProblem: this.#problems.get('orders') ?? this.#problems.get('whole') ?? null,
      check: this.#check,
    };
  }

  async close({ isDamaged }: { isDamaged: boolean }): Promise<void> {
    this.#closed = true;
    this.#cancelCheck();
    this.#cancelLook();
    this.#cancelOrders?.();
    if (this.#due && !isDamaged) {
      const late = new Promise<void>((resolve) => {
        const cancel = this.#parts.scheduler.after(LAST_COPY_WAIT_MS, resolve);
        void this.#copy('orders').finally(() => (cancel(), resolve()));
      });
      await late;
    }
    await this.#thread.close();
  }

  #planOrders(delayMs: number): void {
    this.#cancelOrders = this.#parts.scheduler.after(delayMs, () => {
      this.#cancelOrders = undefined;
      void this.#copy('orders');
    });
  }

  /** A minute's look: is a long job due, and nobody at work? */
  #look(): void {
    this.#cancelLook = this.#parts.scheduler.after(LOOK_EVERY_MS, () => this.#look());
    if (this.#busy) return;
    const { scheduler, platform, isFilled } = this.#parts;
    const idle = scheduler.monotonicNow() - this.#touchedAt >= IDLE_BEFORE_LONG_JOB_MS;
    const sinceWhole = platform.now() - (this.status().wholeCopy?.at ?? -Infinity);
    const wanted = sinceWhole >= WHOLE_COPY_EVERY_MS && isFilled();
    // Twice in a minute would hammer a disk that is full.
    const rested = scheduler.monotonicNow() - this.#wholeFailedAt >= WHOLE_COPY_EVERY_MS / 24;
    if (wanted && rested && (idle || (sinceWhole >= WHOLE_COPY_LATEST_MS && Number.isFinite(sinceWhole)))) {
      void this.#copy('whole');
    } else if (idle && this.#isCheckDue()) void this.#runCheck('thorough');
  }

  #isCheckDue(): boolean {
    const { platform, timeZone } = this.#parts;
    const since = platform.now() - (this.#thoroughAt ?? -Infinity);
    if (since >= CHECK_LATEST_MS && this.#thoroughAt !== null) return true;
    const [from, before] = NIGHT_HOURS;
    const hour = hourIn(timeZone(), platform.now());
    return since >= NIGHT_CHECK_EVERY_MS && hour >= from && hour < before;
  }

  #copy(what: CopyKind): Promise<void> {
    return this.#run(async () => {
      const { dataDir, platform } = this.#parts;
      if (what === 'orders') this.#due = false;
      const result = await this.#thread.run({ kind: 'copy', what, dataDir, nowMs: platform.now() });
      if (result.kind === 'copied') {
        if (what === 'orders') this.#ordersCopyTookMs = result.tookMs;
        this.#problems.delete(what);
        return;
      }
      if (result.kind === 'noRoom') this.#failed(what, { reason: 'noRoom', missingBytes: result.missingBytes });
    }).catch((error: unknown) => {
      this.#failed(what, { reason: isFull(error) ? 'noRoom' : 'failed', missingBytes: null });
      this.#parts.log.warn(`the ${what} copy failed and is tried again`, error);
      // It may be the file that is at fault.
      if (!isFull(error)) void this.#runCheck('quick');
    });
  }

  #failed(what: CopyKind, of: { reason: 'noRoom' | 'failed'; missingBytes: number | null }): void {
    const since = this.#problems.get(what)?.since ?? this.#parts.platform.now();
    this.#problems.set(what, { what, since, ...of });
    if (what === 'whole') {
      this.#wholeFailedAt = this.#parts.scheduler.monotonicNow();
      return;
    }
    this.#due = true;
    if (!this.#closed && !this.#cancelOrders) this.#planOrders(COPY_RETRY_MS);
  }

  #runCheck(how: 'quick' | 'thorough'): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return this.#run(async () => {
      const { dataDir, platform, log, onDamage, onThoroughCheck } = this.#parts;
      const result = await this.#thread.run({ kind: 'check', how, dataDir });
      if (result.kind !== 'checked' || this.#closed) return;
      const at = platform.now();
      this.#check = { at, how, sound: result.problems.length === 0, tookMs: Math.round(result.tookMs) };
      if (how === 'thorough') {
        this.#thoroughAt = at;
        onThoroughCheck(at);
      }
      if (result.problems.length === 0) return;
      log.warn(`the file is damaged: ${result.problems.join('; ')}`);
      onDamage(result.problems);
    }).catch((error: unknown) => this.#parts.log.warn('the check of the file failed', error));
  }

  /** One after another, so that a check does not read what a copy has yet to name. */
  #run(job: () => Promise<void>): Promise<void> {
    const run = (this.#busy ?? Promise.resolve()).then(job);
    const ended = run
      .catch(() => undefined)
      .finally(() => {
        if (this.#busy === ended) this.#busy = undefined;
        this.#parts.onChange();
      });
    this.#busy = ended;
    return run;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof JobFailed && /^(SQLITE_FULL|SQLITE_IOERR|ENOSPC|EDQUOT)/.test(error.code);
}

/** The hour of the day, 0 to 23, where the branch is. */
function hourIn(timeZone: string | undefined, atMs: number): number {
  const format = new Intl.DateTimeFormat('en', {
    hour: 'numeric',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  return Number(format.format(atMs));
}
