import { describe, expect, test } from 'vitest';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, PULL_PAGE_MAX_BYTES } from '../../src-shared/protocol/limits.ts';
import { createBatchSize } from './batch-size.ts';
import { PAGE_LEAST_BYTES, PUSH_LEAST_BYTES, SHRINK_OVER_MS } from './limits.ts';

const FAR_MS = 2_000;

describe('what goes over the line at a time', () => {
  test('halves with each loss, down to one mutation, and comes back while pieces go through', () => {
    const size = createBatchSize();
    size.wasLost('push', 'broken off');
    expect(size.push().mutations).toBe(MAX_PUSH_MUTATIONS / 2);
    for (let loss = 0; loss < 20; loss += 1) {
      size.wasLost('push', 'no answer');
      size.wasLost('pull', 'too large');
    }
    expect(size.push()).toEqual({ mutations: 1, bytes: PUSH_LEAST_BYTES });
    expect(size.pageBytes()).toBe(PAGE_LEAST_BYTES);
    for (let good = 0; good < 20; good += 1) {
      size.wentThrough('push', 20);
      size.wentThrough('pull', 20);
    }
    expect(size.push()).toEqual({ mutations: MAX_PUSH_MUTATIONS, bytes: MAX_PUSH_BYTES });
    expect(size.pageBytes()).toBe(PULL_PAGE_MAX_BYTES);
  });

  test('grows over a line that is only far, and shrinks over one that is slow', () => {
    const size = createBatchSize();
    const before = size.pageBytes();
    size.wentThrough('pull', FAR_MS);
    size.wentThrough('pull', FAR_MS);
    expect(size.pageBytes()).toBe(before * 4);
    size.wentThrough('pull', FAR_MS + 2 * SHRINK_OVER_MS);
    expect(size.pageBytes()).toBe(before * 2);
  });

  test('stays as it is when nobody was reached, and when a line has become slower for good', () => {
    const size = createBatchSize();
    const before = size.push();
    size.wasLost('push', 'refused');
    size.wasLost('push', 'certificate expired');
    expect(size.push()).toEqual(before);
    size.wentThrough('pull', 10);
    for (let slow = 0; slow < 60; slow += 1) size.wentThrough('pull', 3 * SHRINK_OVER_MS);
    expect(size.pageBytes()).toBeGreaterThan(PAGE_LEAST_BYTES);
  });
});
