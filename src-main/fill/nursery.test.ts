/** In a process of its own, for what is said to V8 is said to all of one: much that outlives a collection, and the size. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { NURSERY_BYTES } from './limits.ts';

const NURSERY = new URL('nursery.ts', import.meta.url).href;

/** @returns bytes of the young part of the heap after a while in which `step` was called again and again. */
function nurseryAfter(step: string): number {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { boundNursery, unboundNursery } from '${NURSERY}';
    const kept = [];
    const live = (rounds, step) => {
      for (let round = 0; round < rounds; round += 1) {
        for (let n = 0; n < 20_000; n += 1) kept[n % 150_000] = { n, text: 'row ' + n };
        step();
      }
    };
    ${step}
    const { space_size: size } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    process.stdout.write(String(size));
  `;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

test('a nursery that is bounded grows to its bound and no further, until it is let go', () => {
  const bounded = nurseryAfter('live(300, boundNursery);');
  expect(bounded).toBeGreaterThanOrEqual(NURSERY_BYTES);
  expect(bounded).toBeLessThanOrEqual(2 * NURSERY_BYTES + 2 ** 20);
  expect(nurseryAfter('live(300, boundNursery); unboundNursery(); live(300, () => {});')).toBeGreaterThan(2 * bounded);
});
