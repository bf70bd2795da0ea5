/**
 * The disks that a power cut could leave behind, for a cut between any two calls of a traced process. All of them are
 * too many, so: at every cut, all and nothing of what was not synced; before every sync, where most is at stake, each
 * prefix of it, all but one change, one change alone, and each file's changes without the others'; and at every cut a
 * seeded choice of subsets with torn writes.
 */
import { seededRandom } from '../support/seeded-catalogue.ts';
import { Disk, sectorsOf, type DiskImage, type Fate, type Pending, type Remains } from './disk.ts';
import type { DiskEvent } from './trace.ts';

export interface CrashImage extends Remains {
  /** How many events came before the cut. */
  cut: number;
  /** How many of them were lines that the desk said. */
  said: number;
  /** What the cut made of the pending changes, for the person who has to look into a failure. */
  how: string;
}

export interface ImageChoice {
  seed: number;
  /** The share of the cuts that are looked at, up to 1; those right after a line always are. */
  cutShare: number;
  /** Random images at each cut; a fraction is a chance of one. */
  randomPerCut: number;
  /** Of each kind before a sync, at most this many; a seeded choice where there would be more. */
  sweepMost: number;
}

/** The same for the same events and choice. Many have the same key: later cuts leave again what earlier ones left. */
export function* crashImages(events: readonly DiskEvent[], choice: ImageChoice): Generator<CrashImage> {
  const random = seededRandom(choice.seed);
  const disk = new Disk();
  let said = 0;
  for (let cut = 0; cut <= events.length; cut += 1) {
    if (random() < choice.cutShare || events[cut - 1]?.kind === 'say') {
      for (const { how, fates } of fatesAt(disk.pending, events[cut], choice, random)) {
        const remains = disk.after(fates);
        const indexLeft = how.startsWith('random') && random() < 1 / 8;
        yield { ...(indexLeft ? withIndexLeft(remains) : remains), cut, said, how };
      }
    }
    const event = events[cut];
    if (!event) return;
    disk.apply(event);
    if (event.kind === 'say') said += 1;
  }
}

/** The files when nothing is lost: what the process itself left. */
export function finalImage(events: readonly DiskEvent[]): DiskImage {
  const disk = new Disk();
  for (const event of events) disk.apply(event);
  return disk.after(disk.pending.map(() => 'kept')).files();
}

interface Chosen {
  how: string;
  fates: Fate[];
}

function* fatesAt(
  pending: readonly Pending[],
  next: DiskEvent | undefined,
  choice: ImageChoice,
  random: () => number,
): Generator<Chosen> {
  const some = (keep: (index: number) => boolean): Fate[] => pending.map((_, n) => (keep(n) ? 'kept' : 'lost'));
  yield { how: 'all', fates: some(() => true) };
  if (pending.length === 0) return;
  yield { how: 'nothing', fates: some(() => false) };
  if (next === undefined || next.kind === 'sync' || next.kind === 'syncFolder') {
    for (const at of sample(pending.length, choice.sweepMost, random)) {
      yield { how: `the first ${at}`, fates: some((n) => n < at) };
      yield { how: `all but ${at}`, fates: some((n) => n !== at) };
      yield { how: `only ${at}`, fates: some((n) => n === at) };
    }
    const groups = pending.map(groupOf);
    for (const group of new Set(groups)) {
      yield { how: 'one file', fates: some((n) => groups[n] === group) };
      yield { how: 'all but one file', fates: some((n) => groups[n] !== group) };
    }
  }
  const count = Math.floor(choice.randomPerCut + random());
  for (let n = 0; n < count; n += 1) yield { how: `random ${n}`, fates: randomFates(pending, random) };
}

/** Changes that belong together: a file's content, or the folder's names. */
function groupOf(change: Pending): unknown {
  return change.kind === 'name' ? 'names' : change.inode;
}

/** Mostly the latest changes are at stake, in half of the cases any; each with a chance of being torn. */
function randomFates(pending: readonly Pending[], random: () => number): Fate[] {
  const safe = random() < 0.5 ? Math.floor(random() * pending.length) : 0;
  const keep = [0.1, 0.5, 0.9][Math.floor(random() * 3)] ?? 0.5;
  return pending.map((change, index) => {
    if (index < safe) return 'kept';
    if (change.kind === 'write' && random() < 0.3) return torn(change, random);
    return random() < keep ? 'kept' : 'lost';
  });
}

function torn(write: Pending & { kind: 'write' }, random: () => number): Fate {
  const count = sectorsOf(write).length;
  const edge = Math.floor(random() * (count + 1));
  const way = Math.floor(random() * 3);
  const sectors = Array.from({ length: count }, (_, n) => {
    if (way === 0) return n < edge;
    return way === 1 ? n >= edge : random() < 0.5;
  });
  return { sectors, filler: [undefined, 0, 0xa5][Math.floor(random() * 3)] };
}

/** `-shm` is never synced: whatever it holds after a cut must not be believed. */
function withIndexLeft({ key, files }: Remains): Remains {
  return {
    key: `${key}|index`,
    files: () => {
      const image = files();
      const wal = [...image.keys()].find((file) => file.endsWith('-wal'));
      if (wal !== undefined) image.set(wal.replace(/-wal$/, '-shm'), Buffer.alloc(32_768, 0xa5));
      return image;
    },
  };
}

/** Up to `most` of the numbers below `count`, in order. */
function sample(count: number, most: number, random: () => number): number[] {
  const all = Array.from({ length: count }, (_, n) => n);
  if (count <= most) return all;
  return all
    .map((n) => ({ n, by: random() }))
    .sort((a, b) => a.by - b.by)
    .slice(0, most)
    .map(({ n }) => n)
    .sort((a, b) => a - b);
}
