/** Pushes of one desk that wait for the same turn: settled together, and told apart again. */
import { expect, test } from 'vitest';
import { GATHERED_MUTATIONS } from '../limits.ts';
import { GatheredPushes } from './gathered-pushes.ts';
import type { Candidate } from './judge-batch.ts';

/** Only their identity counts here. */
function some(count: number): Candidate[] {
  return Array.from({ length: count }, () => ({}) as Candidate);
}

type Take = () => readonly Candidate[];

/** A turn that comes when the test says so. */
function turns() {
  const waiting: (() => void)[] = [];
  const taken: (readonly Candidate[])[] = [];
  return {
    taken,
    work: async (take: Take): Promise<readonly Candidate[]> => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
      const all = take();
      taken.push(all);
      return all;
    },
    next: (): void => waiting.shift()?.(),
  };
}

test('what arrives while a push waits goes with it, in the order of arrival; what arrives later does not', async () => {
  const { work, taken, next } = turns();
  const gathered = new GatheredPushes<readonly Candidate[]>();
  const [first, second, third] = [some(2), some(3), some(1)];
  const answers = [gathered.settle('a', first, work), gathered.settle('a', second, work)];
  next();
  const [one, two] = await Promise.all(answers);
  const late = gathered.settle('a', third, work);
  expect(one).toEqual([...first, ...second]);
  expect(two).toBe(one);
  next();
  expect(await late).toEqual(third);
  expect(taken).toHaveLength(2);
});

test('another desk’s push, and one that would be too many, has a turn of its own', async () => {
  const { work, taken, next } = turns();
  const gathered = new GatheredPushes<readonly Candidate[]>();
  const all = [
    gathered.settle('a', some(GATHERED_MUTATIONS - 1), work),
    gathered.settle('b', some(1), work),
    gathered.settle('a', some(2), work),
  ];
  for (const _ of all) next();
  await Promise.all(all);
  expect(taken.map((each) => each.length)).toEqual([GATHERED_MUTATIONS - 1, 1, 2]);
});

test('a turn that fails before it has come fails those that waited for it, and nobody after them', async () => {
  const gathered = new GatheredPushes<readonly Candidate[]>();
  let fail = (): void => undefined;
  const failing = (): Promise<never> =>
    new Promise((_, reject) => {
      fail = () => reject(new Error('no turn'));
    });
  const lost = [gathered.settle('a', some(1), failing), gathered.settle('a', some(1), failing)];
  fail();
  expect((await Promise.allSettled(lost)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const { work, next } = turns();
  const own = some(1);
  const after = gathered.settle('a', own, work);
  next();
  expect(await after).toEqual(own);
});
