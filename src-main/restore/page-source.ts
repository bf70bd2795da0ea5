/**
 * The pages of a damaged file and of the WAL beside it, read as bytes: SQLite gives up where a page is wrong, and this
 * must not. Newest version first; older ones are given as well, for a newer one may be the broken one.
 *
 * A frame of the WAL counts only up to the last commit that its own checksums bear out; what comes after was never
 * promised to anybody. Frames around a broken one are found again: a frame's checksum builds on the one that the frame
 * before it says it has.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { PAGE_BYTES } from '../store/limits.ts';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
/** Pages of the file that are read at once. */
const READ_AHEAD_PAGES = 256;

export interface PageSource {
  /** How many pages there are, counting those that only the WAL has. */
  readonly pages: number;
  /** Commits of the WAL that SQLite will not see, since a frame before them is broken. */
  readonly commitsBehindBreak: number;
  /** The pages that the WAL has, from its promised commits. */
  readonly inWal: readonly number[];
  /** Newest first; empty where there is nothing. */
  versions(page: number): Buffer[];
  close(): void;
}

export interface PageFiles {
  main?: string | undefined;
  wal?: string | undefined;
}

export function openPages({ main, wal }: PageFiles): PageSource {
  const file = main === undefined ? undefined : openReadable(main);
  const log = wal === undefined ? undefined : openReadable(wal);
  const frames = log ? readFrames(log) : { of: new Map<number, number[]>(), commitsBehindBreak: 0 };
  const filePages = file ? Math.ceil(file.bytes / PAGE_BYTES) : 0;
  const readMain = file ? aheadReader(file) : () => undefined;
  return {
    pages: Math.max(filePages, ...frames.of.keys()),
    inWal: [...frames.of.keys()],
    commitsBehindBreak: frames.commitsBehindBreak,
    versions: (page) => {
      const found: Buffer[] = [];
      for (const frame of frames.of.get(page)?.toReversed() ?? []) {
        if (log) found.push(read(log, frameStart(frame) + FRAME_HEADER_BYTES, PAGE_BYTES));
      }
      const own = page <= filePages ? readMain(page) : undefined;
      if (own) found.push(own);
      return found;
    },
    close: () => {
      file?.close();
      log?.close();
    },
  };
}

interface Readable {
  fd: number;
  bytes: number;
  close(): void;
}

function openReadable(path: string): Readable | undefined {
  try {
    const fd = openSync(path, 'r');
    return { fd, bytes: fstatSync(fd).size, close: () => closeSync(fd) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What can't be read is zeros: one bad sector must not hide the rest. */
function read({ fd }: Readable, position: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  try {
    readSync(fd, buffer, 0, bytes, position);
  } catch {
    for (let at = 0; at < bytes; at += PAGE_BYTES) readQuietly(fd, buffer, { at, position: position + at });
  }
  return buffer;
}

function readQuietly(fd: number, buffer: Buffer, { at, position }: { at: number; position: number }): void {
  try {
    readSync(fd, buffer, at, Math.min(PAGE_BYTES, buffer.length - at), position);
  } catch {
    // Stays zeros.
  }
}

function aheadReader(file: Readable): (page: number) => Buffer {
  let from = 0;
  let ahead: Buffer = Buffer.alloc(0);
  return (page) => {
    const start = (page - 1) * PAGE_BYTES;
    if (start < from || start + PAGE_BYTES > from + ahead.length) {
      from = start;
      ahead = read(file, start, READ_AHEAD_PAGES * PAGE_BYTES);
    }
    return ahead.subarray(start - from, start - from + PAGE_BYTES);
  };
}

function frameStart(frame: number): number {
  return WAL_HEADER_BYTES + frame * FRAME_BYTES;
}

interface Frames {
  /** Frames of each page, oldest first. */
  of: Map<number, number[]>;
  commitsBehindBreak: number;
}

interface Frame {
  page: number;
  isCommit: boolean;
  salts: string;
  /** Whether its bytes bear its checksum out, built on what the frame before it says. */
  isSound: boolean;
}

function readFrames(log: Readable): Frames {
  const header = read(log, 0, WAL_HEADER_BYTES);
  const bigEndian = (header.readUInt32BE(0) & 1) === 1;
  const count = Math.max(0, Math.floor((log.bytes - WAL_HEADER_BYTES) / FRAME_BYTES));
  const all: Frame[] = [];
  let before: Checksum = [header.readUInt32BE(24), header.readUInt32BE(28)];
  for (let index = 0; index < count; index += 1) {
    const bytes = read(log, frameStart(index), FRAME_BYTES);
    const said: Checksum = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const sum = checksum(
      bytes.subarray(FRAME_HEADER_BYTES),
      checksum(bytes.subarray(0, 8), before, bigEndian),
      bigEndian,
    );
    all.push({
      page: bytes.readUInt32BE(0),
      isCommit: bytes.readUInt32BE(4) !== 0,
      salts: bytes.toString('hex', 8, 16),
      isSound: sum[0] === said[0] && sum[1] === said[1],
    });
    before = said;
  }
  return promisedFrames(all, header.toString('hex', 16, 24));
}

function promisedFrames(all: readonly Frame[], headerSalts: string): Frames {
  // An older run of the WAL lies behind the newest, under other salts. A header that is broken has no say.
  const salts = all.some((frame) => frame.salts === headerSalts) ? headerSalts : all[0]?.salts;
  const own = all.map((frame, index) => ({ ...frame, index })).filter((frame) => frame.salts === salts);
  const last = own.findLastIndex((frame) => frame.isCommit && frame.isSound);
  const promised = own.slice(0, last + 1);
  const broken = own.findIndex((frame, nth) => !frame.isSound || frame.index !== nth);
  const headerBroken = salts !== headerSalts && own.length > 0;
  const of = new Map<number, number[]>();
  for (const frame of promised) of.set(frame.page, [...(of.get(frame.page) ?? []), frame.index]);
  const unseen = headerBroken ? promised : broken === -1 ? [] : promised.slice(broken);
  return { of, commitsBehindBreak: unseen.filter((frame) => frame.isCommit && frame.isSound).length };
}

type Checksum = [number, number];

/** SQLite's, over 8 bytes at a time: https://www.sqlite.org/fileformat2.html#checksum_algorithm */
function checksum(bytes: Buffer, [first, second]: Checksum, bigEndian: boolean): Checksum {
  let [a, b] = [first, second];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + view.getUint32(at, !bigEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, !bigEndian) + a) >>> 0;
  }
  return [a, b];
}
