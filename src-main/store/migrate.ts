/**
 * Brings a desk file to this build's tables. Forward only; each migration in a transaction of its own, with its
 * checksum, so that one that was edited after it ran stops the program instead of meaning two things.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Migration } from '../../migrations/migration.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';

export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

/**
 * @returns the names of the migrations that ran now.
 * @throws AppError STORE_DAMAGED when one that ran was other than this build's; UPGRADE_REQUIRED when the file was
 *         written by a newer build.
 */
export function migrate(sqlite: Database, migrations: readonly Migration[], nowMs: number): string[] {
  sqlite.exec(
    'create table if not exists migration (name text primary key, checksum text not null, applied_at integer not null) strict, without rowid',
  );
  const ran = new Map(
    sqlite
      .prepare<[], { name: string; checksum: string }>('select name, checksum from migration')
      .all()
      .map((row) => [row.name, row.checksum]),
  );
  refuseUnknown(ran, migrations);
  const remember = sqlite.prepare('insert into migration (name, checksum, applied_at) values (?, ?, ?)');
  const now: string[] = [];
  for (const migration of migrations) {
    const checksum = checksumOf(migration);
    const before = ran.get(migration.name);
    if (before === checksum) continue;
    if (before !== undefined) throw damaged(`migration ${migration.name} is not the one this file ran`);
    sqlite.transaction(() => {
      sqlite.exec(migration.sql);
      remember.run(migration.name, checksum, nowMs);
    })();
    now.push(migration.name);
  }
  return now;
}

/** A newer build has run all of this build's migrations and more. Where one of these is missing, a name is garbled. */
function refuseUnknown(ran: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...ran.keys()].find((name) => !known.has(name));
  if (unknown === undefined) return;
  const missing = migrations.find((migration) => !ran.has(migration.name));
  if (missing) throw damaged(`the file ran ${unknown} and not ${missing.name}`);
  throw new AppError({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: [] });
}

function damaged(detail: string): AppError {
  return new AppError({ code: 'STORE_DAMAGED', retry: 'later', detail });
}
