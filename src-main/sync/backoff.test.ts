import { expect, test } from 'vitest';
import { BACKOFF_FIRST_MS, BACKOFF_LAST_MS } from '../../src-shared/protocol/limits.ts';
import { createBackoff } from './backoff.ts';

const most = (count: number): Uint8Array => new Uint8Array(count).fill(255);
const least = (count: number): Uint8Array => new Uint8Array(count);

test('the bound doubles with each failure up to the last, and starts over after a success', () => {
  const backoff = createBackoff(most);
  expect([1, 2, 3].map(() => backoff.nextMs())).toEqual([1, 2, 4].map((times) => times * BACKOFF_FIRST_MS));
  for (let failure = 0; failure < 100; failure += 1) expect(backoff.nextMs()).toBeLessThanOrEqual(BACKOFF_LAST_MS);
  expect(backoff.nextMs()).toBe(BACKOFF_LAST_MS);
  backoff.reset();
  expect(backoff.nextMs()).toBe(BACKOFF_FIRST_MS);
});

test('the jitter is full: a wait may be anything from nothing to the bound', () => {
  const backoff = createBackoff(least);
  expect([backoff.nextMs(), backoff.nextMs()]).toEqual([0, 0]);
});
