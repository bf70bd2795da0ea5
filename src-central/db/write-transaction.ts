/**
 * The one way to write rows that the feed carries.
 *
 * Guarantees: REPEATABLE READ, its snapshot younger than every commit under the same lock keys, because the locks are
 * taken before BEGIN. So two writers of one key run one after another, and a row's last writer has the greatest xid;
 * with READ COMMITTED an older xid could write last and the feed would end with the wrong value for ever. Locks are
 * taken in one global order: no deadlock between keys. Transient faults are retried with bounded backoff.
 *
 * Not guaranteed: that `work` runs once. The connection may break after COMMIT was sent; then it runs again, so what it
 * does must show by itself that it was done (a receipt, an upsert).
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { currentActor, nameActor } from './acting.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { WRITE_ATTEMPTS, WRITE_BACKOFF_FIRST_MS, WRITE_BACKOFF_LAST_MS } from './limits.ts';
import type { CentralDb, CentralTransaction } from './schema.ts';
import { isWorthRetrying } from './transient-fault.ts';

const queues = new WeakMap<object, KeyedQueue>();

/**
 * Runs `work` in a transaction, in the name of whom central acts for, alone among the writers of the same keys (`warehouse:<id>`, `catalogue`, …).
 *
 * @throws what `work` throws; a fault that passes only after WRITE_ATTEMPTS tries, one that waited out a timeout at once.
 */
export async function writeTransaction<T>(
  db: CentralDb,
  lockKeys: readonly string[],
  work: (tx: CentralTransaction) => Promise<T>,
): Promise<T> {
  const keys = [...new Set(lockKeys)].toSorted();
  // Looked up here: whoever comes next in a queue may be called by the one before.
  const actor = currentActor();
  const named = async (tx: CentralTransaction): Promise<T> => {
    if (actor) await nameActor(tx, actor);
    return work(tx);
  };
  return queueOf(db).run(keys, async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await attemptOnce(db, keys, named);
      } catch (error) {
        if (attempt >= WRITE_ATTEMPTS || !isWorthRetrying(error)) throw error;
        await backoff(attempt);
      }
    }
  });
}

async function attemptOnce<T>(
  db: CentralDb,
  keys: readonly string[],
  work: (tx: CentralTransaction) => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    if (keys.length === 0) return connection.transaction().setIsolationLevel('repeatable read').execute(work);
    const numbers = keys.map(lockNumber).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    try {
      await sql`select pg_advisory_lock(k) from unnest(${numbers.map(String)}::bigint[]) k`.execute(connection);
      return await connection.transaction().setIsolationLevel('repeatable read').execute(work);
    } finally {
      // Fails only with the connection itself, and then the database has let go of the locks.
      await sql`select pg_advisory_unlock_all()`.execute(connection).catch(() => undefined);
    }
  });
}

/** The number by which PostgreSQL knows a lock key: the first 64 bits of its SHA-256, signed. */
export function lockNumber(key: string): bigint {
  return createHash('sha256').update(`orderdesk:${key}`).digest().readBigInt64BE(0);
}

function queueOf(db: CentralDb): KeyedQueue {
  let queue = queues.get(db);
  if (!queue) {
    queue = new KeyedQueue();
    queues.set(db, queue);
  }
  return queue;
}

function backoff(attempt: number): Promise<void> {
  const ceiling = Math.min(WRITE_BACKOFF_LAST_MS, WRITE_BACKOFF_FIRST_MS * 2 ** (attempt - 1));
  return new Promise((resolve) => {
    setTimeout(resolve, Math.random() * ceiling);
  });
}
