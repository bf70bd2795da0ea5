/** A migration rewrites the only file there is: so there are two before it runs. */
import { existsSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { copyOrders } from '../safety/copy-orders.ts';
import { copyWhole } from '../safety/copy-whole.ts';
import { copyPath } from '../safety/desk-folder.ts';
import { makeFolder } from '../safety/durable-files.ts';
import { missingRoom } from '../safety/keeper-jobs.ts';
import { pruneCopies } from '../safety/prune-copies.ts';
import type { RestoreParts } from './parts.ts';

/** Where there is no room for the whole file, the orders alone; a copy that fails stops no start, and stands in the log. */
export async function copyBeforeMigrating(parts: RestoreParts): Promise<void> {
  const { folder, platform, warn } = parts;
  const bytes = bytesToMigrate(parts);
  if (bytes === undefined) return;
  try {
    makeFolder(folder.backups);
    pruneCopies(folder);
    const isRoom = missingRoom(folder.backups, bytes) === 0;
    const path = copyPath(folder, isRoom ? 'whole' : 'orders', platform.now());
    if (isRoom) await copyWhole({ file: folder.file, path });
    else copyOrders({ file: folder.file, path });
    pruneCopies(folder);
  } catch (error) {
    warn('no copy could be made before migrating', error);
  }
}

/** The size of a file that has older tables than this build; undefined where nothing is to be migrated. */
function bytesToMigrate({ folder, migrations }: RestoreParts): number | undefined {
  if (!existsSync(folder.file)) return undefined;
  const sqlite = new SqliteDatabase(folder.file, { readonly: true });
  try {
    const has = sqlite.prepare("select count(*) from sqlite_schema where name = 'outbox'").pluck().get();
    if (has !== 1) return undefined;
    const ran = new Set(sqlite.prepare<[], string>('select name from migration').pluck().all());
    if (migrations.every(({ name }) => ran.has(name))) return undefined;
    const pages = Number(sqlite.pragma('page_count', { simple: true }));
    return pages * Number(sqlite.pragma('page_size', { simple: true }));
  } finally {
    sqlite.close();
  }
}
