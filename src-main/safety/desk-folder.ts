/**
 * What lies where in a desk's data folder.
 *
 *     desk.sqlite (-wal, -shm)        the desk's file
 *     desk.sqlite.restoring           a file that is being made to take its place
 *     restore.json                    a restoring that has been begun, or is wanted at the next start
 *     desk.reserve                    room that is given up when the disk is full
 *     backups/orders-TIME.sqlite      the desk's own rows
 *     backups/desk-TIME.sqlite        the whole file
 *     damaged/TIME/                   a damaged file with all that belonged to it, and salvage.json: never deleted
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DeskFolder {
  root: string;
  file: string;
  restoring: string;
  marker: string;
  reserve: string;
  backups: string;
  damaged: string;
}

export function deskFolder(dataDir: string): DeskFolder {
  const file = join(dataDir, 'desk.sqlite');
  return {
    root: dataDir,
    file,
    restoring: `${file}.restoring`,
    marker: join(dataDir, 'restore.json'),
    reserve: join(dataDir, 'desk.reserve'),
    backups: join(dataDir, 'backups'),
    damaged: join(dataDir, 'damaged'),
  };
}

/** What SQLite keeps beside a file. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const;

export type CopyKind = 'orders' | 'whole';

export interface Copy {
  kind: CopyKind;
  path: string;
  /** When it was made, Unix milliseconds by this machine's clock. */
  at: number;
  bytes: number;
}

const PREFIX: Record<CopyKind, string> = { orders: 'orders-', whole: 'desk-' };
const COPY_NAME = /^(orders|desk)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)\.sqlite$/;

/** A time as a name: `2026-11-23T23-32-34-120Z`. No colons, which Windows refuses. */
export function stampOf(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[:.]/g, '-');
}

function timeOf(stamp: string): number {
  return Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z'));
}

export function copyPath(folder: DeskFolder, kind: CopyKind, atMs: number): string {
  return join(folder.backups, `${PREFIX[kind]}${stampOf(atMs)}.sqlite`);
}

/** The finished copies, newest first. */
export function listCopies({ backups }: DeskFolder): Copy[] {
  const copies: Copy[] = [];
  for (const name of namesIn(backups)) {
    const match = COPY_NAME.exec(name);
    const stats = match && statSync(join(backups, name), { throwIfNoEntry: false });
    if (!match || !stats) continue;
    const kind = match[1] === 'orders' ? 'orders' : 'whole';
    copies.push({ kind, path: join(backups, name), at: timeOf(match[2] ?? ''), bytes: stats.size });
  }
  return copies.toSorted((a, b) => b.at - a.at);
}

/** What a copy that was cut short left behind. */
export function listUnfinished({ backups }: DeskFolder): string[] {
  return namesIn(backups)
    .filter((name) => /\.part(-journal|-wal|-shm)?$/.test(name))
    .map((name) => join(backups, name));
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
