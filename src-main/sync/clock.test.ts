import { describe, expect, test } from 'vitest';
import { createCentralClock } from './clock.ts';
import { CLOCK_SAMPLE_AGE_MS } from './limits.ts';

function machine() {
  const at = { wall: 1_000_000, mono: 50 };
  const clock = createCentralClock({ now: () => at.wall, monotonicNow: () => at.mono });
  const pass = (ms: number): void => {
    at.wall += ms;
    at.mono += ms;
  };
  return { at, clock, pass };
}

describe("central's clock", () => {
  test("is this machine's until central has said its time", () => {
    const { clock } = machine();
    expect(clock.now()).toBe(1_000_000);
    expect(clock.offsetMs()).toBeNull();
    expect(clock.roundTripMs()).toBeNull();
  });

  test('is put in the middle of the round trip', () => {
    const { at, clock, pass } = machine();
    const askedAt = at.mono;
    pass(40);
    // Central was two minutes ahead when it answered, half way.
    clock.note({ askedAt, answeredAt: at.mono, centralNow: 1_000_020 + 120_000 });
    expect(clock.offsetMs()).toBe(120_000);
    expect(clock.roundTripMs()).toBe(40);
  });

  test("goes on evenly when this machine's clock jumps, and the skew shows the jump", () => {
    const { at, clock, pass } = machine();
    clock.note({ askedAt: at.mono, answeredAt: at.mono, centralNow: 1_000_000 });
    pass(5_000);
    at.wall -= 3_600_000;
    expect(clock.now()).toBe(1_005_000);
    expect(clock.offsetMs()).toBe(3_600_000);
  });

  test('trusts the quickest answer, until it is old', () => {
    const { at, clock, pass } = machine();
    clock.note({ askedAt: at.mono, answeredAt: at.mono, centralNow: 1_000_000 });
    const slow = (): void => {
      const askedAt = at.mono;
      pass(8_000);
      // All of the delay was on the way back: the middle is four seconds off.
      clock.note({ askedAt, answeredAt: at.mono, centralNow: at.wall - 8_000 });
    };
    slow();
    expect(clock.offsetMs()).toBe(0);
    pass(CLOCK_SAMPLE_AGE_MS);
    slow();
    expect(clock.offsetMs()).toBe(-4_000);
  });
});
