/** Looks at a desk's file before it is opened, and says why it can't be trusted. */
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { checkFile, checkOrders } from '../safety/check-file.ts';
import { listCopies, stampOf } from '../safety/desk-folder.ts';
import { makeFolder, syncFile, syncFolder } from '../safety/durable-files.ts';
import { PAGE_BYTES } from '../store/limits.ts';
import { migrate } from '../store/migrate.ts';
import { damageOf } from '../store/sqlite-errors.ts';
import type { RestoreMarker } from './marker.ts';
import type { OwnRows } from './own-rows.ts';
import { openPages } from './page-source.ts';
import type { RestoreParts } from './parts.ts';
import { scanWal } from './scan-pages.ts';

/** A file that has just been begun: its tables come all at once. */
const BEGUN_MOST_PAGES = 4;
/** A WAL without a single frame. */
const EMPTY_WAL_BYTES = 32;

export function faultOf(parts: RestoreParts): RestoreMarker | undefined {
  const { folder } = parts;
  const bytes = sizeOf(folder.file);
  const walBytes = sizeOf(`${folder.file}-wal`);
  if (bytes === 0) {
    // The reserve is made after the file: where it is, there was one.
    const wasThere = walBytes > EMPTY_WAL_BYTES || listCopies(folder).length > 0 || existsSync(folder.reserve);
    return wasThere ? markerOf(parts, 'missing', 'the file is gone or empty') : undefined;
  }
  try {
    const problems = problemsOf(parts, { bytes, isUnclean: walBytes > EMPTY_WAL_BYTES });
    return problems.length === 0 ? undefined : markerOf(parts, 'damaged', problems.join('; '));
  } catch (error) {
    const damage = damageOf(error);
    if (damage === undefined) throw error;
    return markerOf(parts, 'damaged', damage);
  }
}

export function markerOf({ platform }: RestoreParts, reason: RestoreMarker['reason'], detail: string): RestoreMarker {
  return { phase: 'aside', stamp: stampOf(platform.now()), reason, detail };
}

function problemsOf(parts: RestoreParts, { bytes, isUnclean }: { bytes: number; isUnclean: boolean }): string[] {
  const { folder } = parts;
  const schema = schemaProblem(parts);
  if (schema === 'empty') {
    const wasMore = bytes > BEGUN_MOST_PAGES * PAGE_BYTES || listCopies(folder).length > 0 || hasLostCommits(parts);
    return wasMore ? ['the file has lost its tables'] : [];
  }
  if (schema !== undefined) return [schema];
  const problems = checkOrders(folder.file);
  // Nobody may order in a file that a crash has left before it has been read through.
  if (problems.length === 0 && isUnclean) problems.push(...checkFile({ file: folder.file, how: 'quick' }));
  return problems;
}

/**
 * Its tables as the file describes them must be those that its migrations make: a letter of a description may be
 * garbled where every page is sound.
 */
function schemaProblem({ folder, migrations }: RestoreParts): string | undefined {
  const sqlite = new SqliteDatabase(folder.file, { readonly: true });
  try {
    const found = describe(sqlite);
    if (found.size === 0) return 'empty';
    const ran = sqlite.prepare<[], string>('select name from migration').pluck().all();
    const known = migrations.filter(({ name }) => ran.includes(name));
    // Migrating says what is wrong with these: a newer build's, or garbled.
    if (known.length !== ran.length) return undefined;
    const expected = describe(migrated(known));
    const other = [...new Set([...found.keys(), ...expected.keys()])].find(
      (name) => found.get(name) !== expected.get(name),
    );
    return other === undefined ? undefined : `the description of ${other} is not what its migrations made`;
  } finally {
    sqlite.close();
  }
}

function migrated(migrations: RestoreParts['migrations']): SqliteDatabase.Database {
  const memory = new SqliteDatabase(':memory:');
  migrate(memory, migrations, 0);
  return memory;
}

function describe(sqlite: SqliteDatabase.Database): Map<string, string> {
  const rows = sqlite
    .prepare<[], [string, string, string, string | null]>('select type, name, tbl_name, sql from sqlite_schema')
    .raw()
    .all();
  // ANALYZE's tables are SQLite's own, and come and go.
  const own = rows.filter(([, name]) => !/^sqlite_stat\d$/.test(name));
  return new Map(own.map(([type, name, table, sql]) => [name, JSON.stringify([type, table, sql])]));
}

function hasLostCommits({ folder }: RestoreParts): boolean {
  const pages = openPages({ wal: `${folder.file}-wal` });
  pages.close();
  return pages.commitsBehindBreak > 0;
}

/**
 * What the WAL says behind a broken frame, where SQLite will not look: read now, for it is gone once SQLite has opened
 * the file. The WAL itself is kept beside the damaged files. After a power cut there may be such a rest that was never
 * promised to anybody; it does no harm.
 */
export function keepWalTail(parts: RestoreParts): OwnRows[] {
  const { folder, platform, warn } = parts;
  const wal = `${folder.file}-wal`;
  if (sizeOf(wal) <= EMPTY_WAL_BYTES) return [];
  const pages = openPages({ main: folder.file, wal });
  try {
    if (pages.commitsBehindBreak === 0) return [];
    warn(`restore: ${pages.commitsBehindBreak} commits lie behind a broken frame of the WAL`);
    const aside = join(folder.damaged, stampOf(platform.now()));
    makeFolder(folder.damaged);
    makeFolder(aside);
    const kept = join(aside, 'desk.sqlite-wal');
    copyFileSync(wal, kept);
    syncFile(kept);
    syncFolder(aside);
    return [scanWal(pages, new Map())];
  } finally {
    pages.close();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
