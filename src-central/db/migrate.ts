/**
 * Brings the database to this build's shape.
 *
 * Guarantees: each migration runs once, in order, whole or not at all; two nodes that start together do not run it
 * twice. An edited or unknown migration stops the program: a database of a newer build must not be served by this one.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { CENTRAL_MIGRATIONS } from '../../migrations/central/all.ts';
import type { Migration } from '../../migrations/migration.ts';
import { lockNumber } from './write-transaction.ts';
import type { CentralDb } from './schema.ts';

export class MigrationError extends Error {}

/** @returns the names of the migrations that were run now. */
export async function migrateCentral(
  db: CentralDb,
  migrations: readonly Migration[] = CENTRAL_MIGRATIONS,
): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    const lock = lockNumber('migrate').toString();
    await sql`select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`.execute(
      connection,
    );
    await sql`select pg_advisory_lock(${lock}::bigint)`.execute(connection);
    try {
      await sql`create table if not exists migration (
        name text primary key, checksum text not null, ran_at timestamptz not null default now()
      )`.execute(connection);
      return await runMissing(connection, migrations);
    } finally {
      await sql`select pg_advisory_unlock(${lock}::bigint)`.execute(connection);
      await sql`reset statement_timeout`.execute(connection);
      await sql`reset lock_timeout`.execute(connection);
    }
  });
}

async function runMissing(connection: CentralDb, migrations: readonly Migration[]): Promise<string[]> {
  const ran = await connection.selectFrom('migration').selectAll().orderBy('name').execute();
  for (const [index, { name, checksum }] of ran.entries()) {
    const known = migrations[index];
    if (known?.name !== name) {
      throw new MigrationError(`The database has run migration ${name}, which this version does not know. Update it.`);
    }
    if (checksumOf(known) !== checksum) {
      throw new MigrationError(`Migration ${name} is not the one that the database has run.`);
    }
  }
  const missing = migrations.slice(ran.length);
  for (const migration of missing) {
    await connection.transaction().execute(async (tx) => {
      await sql.raw(migration.sql).execute(tx);
      await tx
        .insertInto('migration')
        .values({ name: migration.name, checksum: checksumOf(migration) })
        .execute();
    });
  }
  return missing.map((migration) => migration.name);
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
