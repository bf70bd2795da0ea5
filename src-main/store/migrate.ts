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
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of ran.keys()) {
    if (!known.has(name)) throw new AppError({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: [] });
  }
  const remember = sqlite.prepare('insert into migration (name, checksum, applied_at) values (?, ?, ?)');
  const now: string[] = [];
  for (const migration of migrations) {
    const checksum = checksumOf(migration);
    const before = ran.get(migration.name);
    if (before === checksum) continue;
    if (before !== undefined) {
      const detail = `migration ${migration.name} is not the one this file ran`;
      throw new AppError({ code: 'STORE_DAMAGED', retry: 'never', detail });
    }
    sqlite.transaction(() => {
      sqlite.exec(migration.sql);
      remember.run(migration.name, checksum, nowMs);
    })();
    now.push(migration.name);
  }
  return now;
}
