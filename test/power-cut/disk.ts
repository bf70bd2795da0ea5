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
  durable: Buffer;
}

/** What is not on the disk for certain yet. */
export type Pending =
  | { kind: 'name'; file: string; inode: Inode | undefined }
  | { kind: 'write'; inode: Inode; offset: number; bytes: Buffer }
  | { kind: 'truncate'; inode: Inode; size: number };

/**
 * What became of one pending change: there, gone, or torn: of a write's sectors, in order, those that are true. With a
 * filler the file has the size of the whole write, and what is missing is that byte.
 */
export type Fate = 'kept' | 'lost' | { sectors: readonly boolean[]; filler: number | undefined };

/** File contents by name. */
export type DiskImage = Map<string, Buffer>;

export class Disk {
  /** The names that a power cut can't take. */
  readonly #durableNames = new Map<string, Inode>();
  /** The names as the process sees them. */
  readonly #liveNames = new Map<string, Inode>();
  #pending: Pending[] = [];

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
        this.#pending.push({ ...event, inode: this.#inodeOf(event.file) });
        break;
      case 'truncate':
        this.#pending.push({ ...event, inode: this.#inodeOf(event.file) });
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

  /** The files that are left when each pending change, in order, has the fate that is given for it. */
  after(fates: readonly Fate[]): DiskImage {
    const names = new Map(this.#durableNames);
    const stopped = new Set<string>();
    const changes = new Map<Inode, [Pending, Fate][]>();
    for (const [index, change] of this.#pending.entries()) {
      const fate = fates[index] ?? 'lost';
      if (change.kind === 'name') {
        if (fate === 'lost') stopped.add(change.file);
        if (!stopped.has(change.file)) rename(names, change);
      } else if (fate !== 'lost') {
        const sofar = changes.get(change.inode);
        if (sofar) sofar.push([change, fate]);
        else changes.set(change.inode, [[change, fate]]);
      }
    }
    const image: DiskImage = new Map();
    for (const [file, inode] of names) image.set(file, contentOf(inode, changes.get(inode) ?? []));
    return image;
  }

  #create(file: string, empties: boolean): void {
    const inode = this.#liveNames.get(file);
    if (!inode) this.#name(file, { durable: Buffer.alloc(0) });
    else if (empties) this.#pending.push({ kind: 'truncate', inode, size: 0 });
  }

  #name(file: string, inode: Inode | undefined): void {
    const change: Pending = { kind: 'name', file, inode };
    rename(this.#liveNames, change);
    this.#pending.push(change);
  }

  #sync(inode: Inode): void {
    const isOwn = (change: Pending): boolean => change.kind !== 'name' && change.inode === inode;
    inode.durable = contentOf(
      inode,
      this.#pending.filter(isOwn).map((change) => [change, 'kept']),
    );
    this.#pending = this.#pending.filter((change) => !isOwn(change));
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

function contentOf(inode: Inode, changes: readonly [Pending, Fate][]): Buffer {
  if (changes.length === 0) return inode.durable;
  let most = inode.durable.length;
  for (const [change] of changes) most = Math.max(most, endOf(change));
  const content = Buffer.allocUnsafe(most);
  let size = inode.durable.copy(content);
  const growTo = (end: number, filler: number): void => {
    if (end > size) content.fill(filler, size, end);
    size = Math.max(size, end);
  };
  for (const [change, fate] of changes) {
    if (change.kind === 'truncate') {
      growTo(change.size, 0);
      size = change.size;
    } else if (change.kind === 'write' && fate === 'kept') {
      growTo(change.offset, 0);
      change.bytes.copy(content, change.offset);
      size = Math.max(size, endOf(change));
    } else if (change.kind === 'write' && fate !== 'lost' && fate !== 'kept') {
      growTo(change.offset, 0);
      // The file's size and its bytes reach the disk apart.
      if (fate.filler !== undefined) growTo(endOf(change), fate.filler);
      for (const [n, [from, to]] of sectorsOf(change).entries()) {
        if (!fate.sectors[n]) continue;
        growTo(to, 0);
        change.bytes.copy(content, from, from - change.offset, to - change.offset);
      }
    }
  }
  return content.subarray(0, size);
}

function endOf(change: Pending): number {
  if (change.kind === 'write') return change.offset + change.bytes.length;
  return change.kind === 'truncate' ? change.size : 0;
}

/** The parts of a write that reach the disk as one, as positions in the file. */
export function sectorsOf(write: { offset: number; bytes: Buffer }): [from: number, to: number][] {
  const end = write.offset + write.bytes.length;
  const sectors: [number, number][] = [];
  for (let from = write.offset; from < end;) {
    const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    sectors.push([from, to]);
    from = to;
  }
  return sectors;
}
