/**
 * Central's clock, as this desk sees it: its `now` of an answer, put in the middle of the round trip, carried on by the
 * monotonic clock. So a jump of this machine's own clock changes the skew that is shown, and not central's time.
 */
import type { Platform } from '../platform.ts';
import { CLOCK_SAMPLE_AGE_MS } from './limits.ts';

export interface CentralClock {
  /** Takes in an answer: when it was asked for and came (monotonic), and central's time in it (Unix ms). */
  note(sample: { askedAt: number; answeredAt: number; centralNow: number }): void;
  /** Central's time, Unix milliseconds; this machine's own until central has said its. */
  now(): number;
  /** Central's clock less this machine's, in milliseconds; null until known. */
  offsetMs(): number | null;
  /** Of the last answer; null before one. */
  roundTripMs(): number | null;
}

interface Sample {
  roundTripMs: number;
  /** Central's time less the monotonic clock. */
  base: number;
  takenAt: number;
}

export function createCentralClock(platform: Pick<Platform, 'now' | 'monotonicNow'>): CentralClock {
  let best: Sample | undefined;
  let lastRoundTripMs: number | null = null;
  return {
    note: ({ askedAt, answeredAt, centralNow }) => {
      const roundTripMs = answeredAt - askedAt;
      lastRoundTripMs = Math.round(roundTripMs);
      // The quickest answer says most; an old one gives way, because clocks drift.
      if (best && roundTripMs > best.roundTripMs && answeredAt - best.takenAt < CLOCK_SAMPLE_AGE_MS) return;
      best = { roundTripMs, base: centralNow - (askedAt + roundTripMs / 2), takenAt: answeredAt };
    },
    now: () => (best ? Math.round(best.base + platform.monotonicNow()) : platform.now()),
    offsetMs: () => (best ? Math.round(best.base + platform.monotonicNow() - platform.now()) : null),
    roundTripMs: () => lastRoundTripMs,
  };
}
