/**
 * The desks' disks: a hook on every SQLite connection that a simulated desk opens. It sees each commit as it happens, so
 * that a crash can strike between any two of them, and can make the disk full. Once in a process.
 */
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import { actorNow, type Actor } from '../world/actor.ts';

export interface Disk {
  /** Just after a commit of the actor's. */
  committed(): void;
  connections: Set<Database>;
}

const disks = new WeakMap<Actor, Disk>();

export function watchDisk(actor: Actor, committed: () => void): Disk {
  const disk: Disk = { committed, connections: new Set() };
  disks.set(actor, disk);
  return disk;
}

/** The file can't grow from now on; `undefined` gives it room again. */
export function setRoom(disk: Disk, full: boolean): void {
  for (const connection of disk.connections) {
    if (!connection.open) continue;
    const pages = connection.pragma('page_count', { simple: true }) as number;
    connection.pragma(`max_page_count = ${full ? pages : 1_073_741_823}`);
  }
}

type Transaction = (this: Database, work: (...given: unknown[]) => unknown) => (...given: unknown[]) => unknown;

function install(): void {
  const prototype = SqliteDatabase.prototype as unknown as {
    prepare: (sql: string) => Statement;
    transaction: Transaction;
  };
  const { prepare } = prototype;
  prototype.prepare = function hooked(this: Database, sql: string): Statement {
    const statement = prepare.call(this, sql);
    const actor = actorNow();
    const disk = actor && disks.get(actor);
    if (!disk || sql !== 'commit') return statement;
    disk.connections.add(this);
    const run = statement.run.bind(statement);
    statement.run = (...given: unknown[]) => {
      const result = run(...given);
      disk.committed();
      return result;
    };
    return statement;
  };
  // The driver's own transactions, which migrations run in.
  const { transaction } = prototype;
  prototype.transaction = function hooked(this: Database, work) {
    const run = transaction.call(this, work);
    const actor = actorNow();
    const disk = actor && disks.get(actor);
    if (!disk) return run;
    return (...given) => {
      const result = run(...given);
      if (!this.inTransaction) disk.committed();
      return result;
    };
  };
}

install();
