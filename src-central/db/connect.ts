/** Connections to central's database. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import {
  CONNECT_TIMEOUT_MS,
  IDLE_IN_TRANSACTION_TIMEOUT_MS,
  LOCK_TIMEOUT_MS,
  POOL_CONNECTIONS,
  STATEMENT_TIMEOUT_MS,
  TRANSACTION_TIMEOUT_MS,
} from './limits.ts';
import { preparing } from './prepared-client.ts';
import type { CentralDb, CentralTables } from './schema.ts';

const INT8_OID = 20;
const DATE_OID = 1082;
const SET_TRANSACTION_TIMEOUT = `
  select set_config('transaction_timeout', $1, false) where current_setting('server_version_num')::integer >= 170000`;

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
  const opened: Opened = { databaseUrl, options, check: undefined };
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections ?? POOL_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'orderdesk',
    types: { getTypeParser },
    // Only PostgreSQL 17 and later know it; a connection that opens with it is refused by an older one.
    onConnect: async (client) => {
      const timeoutMs = options.statementTimeoutMs === 0 ? 0 : TRANSACTION_TIMEOUT_MS;
      await client.query(SET_TRANSACTION_TIMEOUT, [String(timeoutMs)]);
      await opened.check?.(client);
    },
    Client: preparing(options.Client ?? pg.Client),
  });
  // An idle connection that breaks is dropped by the pool; whoever asks next gets a new one, or the error.
  pool.on('error', () => undefined);
  // One that breaks between two statements of a transaction says so here; its next statement fails, which is enough.
  // Without a listener it would end the program.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  const db = new Kysely<CentralTables>({ dialect: new PostgresDialect({ pool }) });
  openings.set(db, opened);
  return db;
}

interface Opened {
  databaseUrl: string;
  options: ConnectOptions;
  check: ((client: pg.ClientBase) => Promise<void>) | undefined;
}

const openings = new WeakMap<CentralDb, Opened>();

/** Every connection that is opened from now on is used only once `check` has resolved. */
export function guardConnections(db: CentralDb, check: Opened['check']): void {
  openingOf(db).check = check;
}

/** One connection to the same database that nobody checks. To be destroyed after use. */
export function openAside(db: CentralDb): CentralDb {
  const { databaseUrl, options } = openingOf(db);
  return connectCentral(databaseUrl, { ...options, connections: 1, statementTimeoutMs: 0 });
}

function openingOf(db: CentralDb): Opened {
  const opened = openings.get(db);
  if (!opened) throw new Error('this database was not opened by connectCentral');
  return opened;
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
