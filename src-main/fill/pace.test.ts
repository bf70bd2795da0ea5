import { expect, test } from 'vitest';
import { ATTENDED_SLICE_MS, SLICE_FIRST_ROWS, SLICE_LEAST_ROWS, SLICE_MOST_ROWS, SLICE_MS } from './limits.ts';
import { createPace, type Pace } from './pace.ts';

let attended = false;

/** Slices on a machine that writes so many rows in a millisecond, until the pace has found its way. */
function settled(pace: Pace, rowsPerMs: number): number {
  for (let slice = 0; slice < 40; slice += 1) pace.took(pace.rows(), pace.rows() / rowsPerMs);
  return pace.rows();
}

function paced(): Pace {
  attended = false;
  return createPace({ now: () => 0, pause: () => Promise.resolve(), isAttended: () => attended });
}

test('slices take their time on a quick machine and on a slow one, within what is tried at all', () => {
  expect(paced().rows()).toBe(SLICE_FIRST_ROWS);
  expect(settled(paced(), 100)).toBeCloseTo(100 * SLICE_MS, -1);
  expect(settled(paced(), 10_000)).toBe(SLICE_MOST_ROWS);
  expect(settled(paced(), 0.1)).toBe(SLICE_LEAST_ROWS);
});

test('they are as much shorter as is said while somebody works at the desk, and at once their old length after', () => {
  const pace = paced();
  const before = settled(pace, 100);
  attended = true;
  expect(pace.sliceMs()).toBe(ATTENDED_SLICE_MS);
  expect(pace.rows()).toBeCloseTo((before * ATTENDED_SLICE_MS) / SLICE_MS, -1);
  settled(pace, 100);
  attended = false;
  expect(pace.rows()).toBeCloseTo(before, -1);
});
