/** Connections to central's database. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import {
  CONNECT_TIMEOUT_MS,
  IDLE_IN_TRANSACTION_TIMEOUT_MS,
  LOCK_TIMEOUT_MS,
  POOL_CONNECTIONS,
  STATEMENT_TIMEOUT_MS,
} from './limits.ts';
import type { CentralDb, CentralTables } from './schema.ts';

const INT8_OID = 20;
const DATE_OID = 1082;

export interface ConnectOptions {
  /** 0 for none: long work of an administrator (an import, a migration). */
  statementTimeoutMs?: number;
  connections?: number;
  /** In place of pg's own: who must see every statement before the database does (a simulation) gives another. */
  Client?: new () => pg.ClientBase;
}

/**
 * Opens a pool. Nothing is connected until the first query; `db.destroy()` closes it.
 *
 * `bigint` is read as a number and fails past 2^53, `date` as `YYYY-MM-DD`, `xid8` as a string (it may pass 2^53 in a
 * long life, and is only compared by the database).
 */
export function connectCentral(databaseUrl: string, options: ConnectOptions = {}): CentralDb {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections ?? POOL_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'orderdesk',
    types: { getTypeParser },
    ...(options.Client && { Client: options.Client }),
  });
  // An idle connection that breaks is dropped by the pool; whoever asks next gets a new one, or the error.
  pool.on('error', () => undefined);
  // One that breaks between two statements of a transaction says so here; its next statement fails, which is enough.
  // Without a listener it would end the program.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return new Kysely<CentralTables>({ dialect: new PostgresDialect({ pool }) });
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8_OID) return safeInteger;
  if (oid === DATE_OID) return String;
  return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is past 2^53`);
  return value;
}
