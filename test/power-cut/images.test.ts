/** The choice of images: what must be among them, whatever the seed. */
import { expect, test } from 'vitest';
import type { DiskImage } from './disk.ts';
import { crashImages, finalImage, type CrashImage } from './images.ts';
import type { DiskEvent } from './trace.ts';

const events: DiskEvent[] = [
  { kind: 'create', file: 'a', empties: false },
  { kind: 'syncFolder' },
  { kind: 'write', file: 'a', offset: 0, bytes: Buffer.from('1') },
  { kind: 'write', file: 'a', offset: 1, bytes: Buffer.from('2') },
  { kind: 'write', file: 'a', offset: 2, bytes: Buffer.from('3') },
  { kind: 'sync', file: 'a' },
  { kind: 'say', line: 'saved' },
  { kind: 'write', file: 'a', offset: 0, bytes: Buffer.from('x') },
];

function all(seed = 1): CrashImage[] {
  return [...crashImages(events, { seed, cutShare: 1, randomPerCut: 2, sweepMost: 8 })];
}

const textOf = (files: DiskImage): string => Buffer.from(files.get('a') ?? 'none').toString();
const contents = (images: CrashImage[]): Set<string> =>
  new Set(images.map((image) => textOf(image.files()).replaceAll('\0', '_')));

test('before a sync every prefix, every gap and every change alone is there', () => {
  const before = contents(all().filter((image) => image.cut === 5));
  for (const content of ['', '1', '12', '123', '_23', '1_3', '_2', '__3']) expect(before).toContain(content);
});

test('after a sync nothing of what it covered is missing', () => {
  expect(contents(all().filter((image) => image.cut >= 6))).toEqual(new Set(['123', 'x23']));
});

test('an image carries how much had been said at its cut', () => {
  expect(new Set(all().map((image) => `${image.cut}:${image.said}`))).toEqual(
    new Set(['0:0', '1:0', '2:0', '3:0', '4:0', '5:0', '6:0', '7:1', '8:1']),
  );
});

test('the same seed gives the same images, another one others', () => {
  const keys = (seed: number): string =>
    all(seed)
      .map((image) => image.key)
      .join();
  expect(keys(5)).toBe(keys(5));
  expect(keys(5)).not.toBe(keys(6));
});

test('with nothing lost the files are those that the process left', () => {
  expect(textOf(finalImage(events))).toBe('x23');
});

test('a share of the cuts is some of them, with those right after a line', () => {
  const cuts = new Set(
    [...crashImages(events, { seed: 1, cutShare: 0, randomPerCut: 0, sweepMost: 8 })].map((of) => of.cut),
  );
  expect(cuts).toEqual(new Set([7]));
});
