/**
 * A disk as a power cut finds it. What was written before a file's last sync is there. Of each later write, size and
 * name the cut decides on its own: there, not there or, of a write, any of its sectors, in no order at all.
 *
 * It is harsher than file systems are on purpose (a file's name is safe only after a sync of its folder; a truncation
 * may outrun the writes before it), with two exceptions that SQLite relies on as well: bytes next to a write stay as
 * they were, and the changes of one name happen in their order. A drive that lies about its flush is outside of it.
 */
import type { DiskEvent } from './trace.ts';

export const SECTOR_BYTES = 512;

/** A file's content, which outlives its name. */
export interface Inode {
  id: number;
  durable: Uint8Array;
  /** How many changes are in it. */
  changes: number;
}

interface ContentChange {
  inode: Inode;
  /** Its place among the changes of this content, from 1. */
  nth: number;
}

/** What is not on the disk for certain yet. */
export type Pending =
  | { kind: 'name'; file: string; inode: Inode | undefined }
  | (ContentChange & { kind: 'write'; offset: number; bytes: Uint8Array })
  | (ContentChange & { kind: 'truncate'; size: number });

/**
 * What became of one pending change: there, gone, or torn: of a write's sectors, in order, those that are true. With a
 * filler the file has the size of the whole write, and what is missing is that byte.
 */
export type Fate = 'kept' | 'lost' | { sectors: readonly boolean[]; filler: number | undefined };

/** File contents by name. */
export type DiskImage = Map<string, Uint8Array>;

/** What a cut leaves. */
export interface Remains {
  /** Equal only for equal files, and found without making them: most remains have been seen before. */
  key: string;
  files: () => DiskImage;
}

type Change = { kind: 'write'; offset: number; bytes: Uint8Array } | { kind: 'truncate'; size: number };

interface Decided {
  change: Exclude<Pending, { kind: 'name' }>;
  fate: Fate;
}

export class Disk {
  /** The names that a power cut can't take. */
  readonly #durableNames = new Map<string, Inode>();
  /** The names as the process sees them. */
  readonly #liveNames = new Map<string, Inode>();
  #pending: Pending[] = [];
  #inodes = 0;

  /** Oldest first. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create':
        this.#create(event.file, event.empties);
        break;
      case 'write':
        this.#change(this.#inodeOf(event.file), { kind: 'write', offset: event.offset, bytes: event.bytes });
        break;
      case 'truncate':
        this.#change(this.#inodeOf(event.file), { kind: 'truncate', size: event.size });
        break;
      case 'unlink':
        this.#inodeOf(event.file);
        this.#name(event.file, undefined);
        break;
      case 'sync':
        this.#sync(this.#inodeOf(event.file));
        break;
      case 'syncFolder':
        for (const change of this.#pending) if (change.kind === 'name') rename(this.#durableNames, change);
        this.#pending = this.#pending.filter((change) => change.kind !== 'name');
        break;
      case 'say':
        break;
    }
  }

  /** What is left when each pending change, in order, has the fate that is given for it. */
  after(fates: readonly Fate[]): Remains {
    const names = new Map(this.#durableNames);
    const stopped = new Set<string>();
    const changes = new Map<Inode, Decided[]>();
    for (const [index, change] of this.#pending.entries()) {
      const fate = fates[index] ?? 'lost';
      if (change.kind === 'name') {
        if (fate === 'lost') stopped.add(change.file);
        if (!stopped.has(change.file)) rename(names, change);
        continue;
      }
      const decided = changes.get(change.inode);
      if (decided) decided.push({ change, fate });
      else changes.set(change.inode, [{ change, fate }]);
    }
    const left = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
    // The content as it is now: the disk goes on.
    const parts = left.map(([file, inode]) => ({ file, durable: inode.durable, changes: changes.get(inode) ?? [] }));
    return {
      key: left.map(([file, inode]) => `${file} ${contentKey(inode, changes.get(inode) ?? [])}`).join('|'),
      files: () => new Map(parts.map((of) => [of.file, contentOf(of.durable, of.changes)])),
    };
  }

  #create(file: string, empties: boolean): void {
    const inode = this.#liveNames.get(file);
    if (!inode) this.#name(file, { id: (this.#inodes += 1), durable: new Uint8Array(0), changes: 0 });
    else if (empties) this.#change(inode, { kind: 'truncate', size: 0 });
  }

  #change(inode: Inode, change: Change): void {
    inode.changes += 1;
    this.#pending.push({ ...change, inode, nth: inode.changes });
  }

  #name(file: string, inode: Inode | undefined): void {
    const change: Pending = { kind: 'name', file, inode };
    rename(this.#liveNames, change);
    this.#pending.push(change);
  }

  #sync(inode: Inode): void {
    const own: Decided[] = [];
    const others: Pending[] = [];
    for (const change of this.#pending) {
      if (change.kind !== 'name' && change.inode === inode) own.push({ change, fate: 'kept' });
      else others.push(change);
    }
    inode.durable = contentOf(inode.durable, own);
    this.#pending = others;
  }

  #inodeOf(file: string): Inode {
    const inode = this.#liveNames.get(file);
    if (!inode) throw new Error(`disk: ${file} is changed and was never made`);
    return inode;
  }
}

function rename(names: Map<string, Inode>, change: Pending & { kind: 'name' }): void {
  if (change.inode) names.set(change.file, change.inode);
  else names.delete(change.file);
}

/** A content is its changes up to the last that is there, less those that are not. */
function contentKey(inode: Inode, changes: readonly Decided[]): string {
  const there = changes.findLastIndex(({ fate }) => fate !== 'lost');
  const last = changes[there]?.change.nth ?? (changes[0]?.change.nth ?? inode.changes + 1) - 1;
  const gaps = changes.slice(0, Math.max(0, there + 1)).map(({ change: { nth }, fate }) => {
    if (fate === 'kept') return '';
    return fate === 'lost' ? `-${nth}` : `~${nth}:${fate.sectors.map(Number).join('')}:${fate.filler ?? ''}`;
  });
  return `${inode.id}:${last}${gaps.join('')}`;
}

function contentOf(durable: Uint8Array, changes: readonly Decided[]): Uint8Array {
  if (changes.length === 0) return durable;
  let most = durable.length;
  for (const { change } of changes) most = Math.max(most, endOf(change));
  const content = Buffer.allocUnsafe(most);
  content.set(durable);
  let size = durable.length;
  const growTo = (end: number, filler: number): void => {
    if (end > size) content.fill(filler, size, end);
    size = Math.max(size, end);
  };
  for (const { change, fate } of changes) {
    if (fate === 'lost') continue;
    if (change.kind === 'truncate') {
      growTo(change.size, 0);
      size = change.size;
      continue;
    }
    growTo(change.offset, 0);
    if (fate === 'kept') {
      content.set(change.bytes, change.offset);
      size = Math.max(size, endOf(change));
      continue;
    }
    // The file's size and its bytes reach the disk apart.
    if (fate.filler !== undefined) growTo(endOf(change), fate.filler);
    for (const [n, [from, to]] of sectorsOf(change).entries()) {
      if (!fate.sectors[n]) continue;
      growTo(to, 0);
      content.set(change.bytes.subarray(from - change.offset, to - change.offset), from);
    }
  }
  return content.subarray(0, size);
}

function endOf(change: Decided['change']): number {
  return change.kind === 'write' ? change.offset + change.bytes.length : change.size;
}

/** The parts of a write that reach the disk as one, as positions in the file. */
export function sectorsOf(write: { offset: number; bytes: Uint8Array }): [from: number, to: number][] {
  const end = write.offset + write.bytes.length;
  const sectors: [number, number][] = [];
  for (let from = write.offset; from < end;) {
    const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    sectors.push([from, to]);
    from = to;
  }
  return sectors;
}
