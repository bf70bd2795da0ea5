/**
 * When the replica is verified: once what was filled has joined, every night by the branch's clock, and when a person
 * asks; one verification at a time. And central hears of what was found, until it has answered.
 */
import { setImmediate } from 'node:timers/promises';
import type { DayComparison } from '../../src-shared/domain/day-book.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { noteReported, unreportedAlarms } from '../replica/alarms.ts';
import { isFilling } from '../replica/filling.ts';
import type { RepairedRows } from '../replica/repair-rows.ts';
import { heldScopes } from '../replica/scopes.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import type { Store } from '../store/store.ts';
import { greeted } from './hello-once.ts';
import { compareDay, scopeOfDay } from './compare-day.ts';
import {
  VERIFY_EVERY_MS,
  VERIFY_FROM_HOUR,
  VERIFY_LOOK_MS,
  VERIFY_SPREAD_MS,
  VERIFY_STALL_MS,
  VERIFY_TO_HOUR,
} from './limits.ts';
import { startRunner, type Next } from './runner.ts';
import type { Scheduler } from './scheduler.ts';
import type { SyncLine } from './sync-line.ts';
import type { SyncLoop } from './sync-loop.ts';
import { verifyAndMend, type Mended, type VerifyingParts } from './verify-and-mend.ts';

export interface VerificationOptions {
  line: SyncLine;
  loop: Pick<SyncLoop, 'betweenPulls' | 'catchUp'>;
  scheduler: Scheduler;
  random: (count: number) => Uint8Array;
  centralNow: () => number;
  /** Of the branch. */
  timeZone: string;
  onMended: (repaired: RepairedRows) => void;
  /** An alarm was raised. */
  onAlarm: () => void;
  warn: (text: string, error?: unknown) => void;
}

export interface VerificationRunner {
  /** Catches up, verifies everything and mends it. @throws AppError of the line. */
  verify(): Promise<Mended>;
  /** Catches up and compares the books of one day. @throws AppError NOT_FOUND of a day that is not kept here. */
  compareDay(of: { branchId: string; day: string }): Promise<DayComparison>;
  /** Mends the month that the day is in, and compares the day anew. */
  mendDay(of: { branchId: string; day: string }): Promise<DayComparison>;
  stop(): Promise<void>;
}

const AT = 'verify.at';
const SCOPE_ID = 'verify.scopeId';

export function startVerification(options: VerificationOptions): VerificationRunner {
  const { line, loop, scheduler, random, centralNow, timeZone, warn } = options;
  // Not all desks of a house at once.
  const offsetMs = ((random(1)[0] ?? 0) / 256) * VERIFY_SPREAD_MS;
  let running: Promise<unknown> = Promise.resolve();

  /** One at a time: a person who asks waits for the one that runs. */
  const verifying = (
    of: { thorough?: boolean; scopeIds?: readonly number[]; asked?: boolean },
    signal?: AbortSignal,
  ): Promise<Mended> => {
    const mine = running.then(async () => {
      if (of.thorough === true || of.asked === true) await loop.catchUp();
      const pause = (): Promise<unknown> => {
        signal?.throwIfAborted();
        return setImmediate();
      };
      const { onMended } = options;
      const parts: VerifyingParts = { line, loop, random, centralNow, onMended, pause, signal };
      const mended = await verifyAndMend(parts, { ...of, signal });
      note(line.store, { mended, ofAll: of.scopeIds === undefined, nowMs: centralNow() });
      if (mended.alarms > 0) {
        warn(`sync: a verification found faults in ${mended.different.join(', ') || 'the search'}`);
        options.onAlarm();
      }
      return mended;
    });
    running = mine.catch(() => undefined);
    return mine;
  };
  const runner = startRunner({
    name: 'verify',
    scheduler,
    random,
    stallMs: VERIFY_STALL_MS,
    onFailure: () => 'blocked',
    step: async (signal): Promise<Next> => {
      await report(line, centralNow(), signal);
      const due = dueScopes(line.store, { nowMs: centralNow(), offsetMs, timeZone });
      if (due !== undefined) await verifying(due === 'all' ? {} : { scopeIds: due }, signal);
      await report(line, centralNow(), signal);
      return { afterMs: VERIFY_LOOK_MS };
    },
  });
  const comparing = async (of: { branchId: string; day: string }): Promise<DayComparison> => {
    await loop.catchUp();
    return compareDay(line, of);
  };
  return {
    compareDay: comparing,
    mendDay: async (of) => {
      const scopeIds = [scopeOfDay(line.store, of)];
      await verifying({ scopeIds, asked: true });
      runner.wake();
      return comparing(of);
    },
    verify: async () => {
      const mended = await verifying({ thorough: true });
      runner.wake();
      return mended;
    },
    stop: () => runner.stop(),
  };
}

/** @returns which scopes are to be verified now; undefined when none is due. */
function dueScopes(
  store: Store,
  { nowMs, offsetMs, timeZone }: { nowMs: number; offsetMs: number; timeZone: string },
): readonly number[] | 'all' | undefined {
  const joined = heldScopes(store).filter(({ state }) => state === 'joined');
  // It is compared with what it will be once it is filled.
  if (joined.length === 0 || isFilling(store)) return undefined;
  const last = Number(readMeta(store, SCOPE_ID) ?? 0);
  const fresh = joined.map(({ scopeId }) => scopeId).filter((scopeId) => scopeId > last);
  if (fresh.length > 0) return fresh;
  const age = nowMs - Number(readMeta(store, AT) ?? 0);
  if (age < VERIFY_EVERY_MS) return undefined;
  // A desk that is switched off at night is verified by day.
  if (age > 2 * VERIFY_EVERY_MS) return 'all';
  const hour = hourIn(timeZone, nowMs - offsetMs);
  return hour >= VERIFY_FROM_HOUR && hour < VERIFY_TO_HOUR ? 'all' : undefined;
}

function hourIn(timeZone: string, nowMs: number): number {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(nowMs);
  return Number(hour);
}

function note(store: Store, { mended, ofAll, nowMs }: { mended: Mended; ofAll: boolean; nowMs: number }): void {
  const scopeId = Math.max(0, Number(readMeta(store, SCOPE_ID) ?? 0), ...mended.scopeIds);
  store.transaction((tx) => {
    writeMeta(store, tx, { key: SCOPE_ID, value: String(scopeId) });
    if (ofAll || readMeta(store, AT) === undefined) writeMeta(store, tx, { key: AT, value: String(nowMs) });
  });
}

async function report(line: SyncLine, nowMs: number, signal: AbortSignal): Promise<void> {
  const alarms = unreportedAlarms(line.store);
  if (alarms.length === 0) return;
  const { alarmIds } = await greeted(line, signal, () =>
    line.transport.report({ protocol: PROTOCOL_VERSION, alarms }, { token: line.token, signal }),
  );
  noteReported(line.store, alarmIds, nowMs);
}
