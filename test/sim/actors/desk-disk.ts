/**
 * The desks' disks: a hook on every SQLite connection that a simulated desk opens. It sees each commit as it happens, so
 * that a crash can strike between any two of them, and can make the disk full. Once in a process.
 */
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import { actorNow, type Actor } from '../world/actor.ts';
import { markOf, type DeskMark } from './desk-moments.ts';

export interface DiskWatch {
  /** Just before such a statement of the actor's runs, with the marks of its transaction so far. */
  reached(mark: DeskMark, marks: ReadonlySet<DeskMark>): void;
  /** Just after a commit of the actor's. */
  committed(marks: ReadonlySet<DeskMark>): void;
}

export interface Disk extends DiskWatch {
  /** Of the transaction that is open. */
  marks: Set<DeskMark>;
  connections: Set<Database>;
}

const disks = new WeakMap<Actor, Disk>();

export function watchDisk(actor: Actor, watch: DiskWatch): Disk {
  const disk: Disk = { ...watch, marks: new Set(), connections: new Set() };
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
    if (!disk) return statement;
    const mark = markOf(sql);
    if (sql === 'commit') disk.connections.add(this);
    else if (!mark && sql !== 'rollback') return statement;
    const run = statement.run.bind(statement);
    statement.run = (...given: unknown[]) => {
      if (mark) {
        disk.reached(mark, disk.marks);
        disk.marks.add(mark);
      }
      const result = run(...given);
      if (sql === 'commit') disk.committed(marksOf(disk));
      else if (sql === 'rollback') disk.marks.clear();
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
      if (!this.inTransaction) disk.committed(marksOf(disk));
      return result;
    };
  };
}

/** Of the transaction that has just ended. */
function marksOf(disk: Disk): ReadonlySet<DeskMark> {
  const marks = new Set(disk.marks);
  disk.marks.clear();
  return marks;
}

install();
