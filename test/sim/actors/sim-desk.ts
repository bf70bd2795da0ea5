/**
 * One desk: the whole local server on a real file, with the clock, chance and line of the simulation. It is used as its
 * screens use it, through its services.
 *
 * A crash is the folder as it lies on the disk after some commit, write-ahead log and all, opened anew elsewhere: what
 * a killed process leaves. (What a power cut leaves is proven in test/power-cut.)
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { DeskServices } from '../../../src-main/api/desk-services.ts';
import { REPLICA_MIGRATIONS } from '../../../migrations/replica/all.ts';
import { actAs, newActor, type Actor } from '../world/actor.ts';
import type { World } from '../world/world.ts';
import { TODAY, type DeskBuild, type RunningDesk } from './desk-build.ts';
import { setRoom, watchDisk, type Disk } from './desk-disk.ts';
import { isRefill, type DeskMark, type DeskMoment } from './desk-moments.ts';

export interface DeskParts {
  name: string;
  /** A folder of its own; each life of the desk gets a folder in it. */
  dir: string;
  world: World;
  /** The id of the machine that it runs on. */
  machine: string;
  /** Where it finds central's nodes. */
  centralUrls: readonly string[];
  /** Rows of one transaction of a fill. */
  sliceRows: number | undefined;
  /** Which program runs on it; today's when left out. */
  build?: DeskBuild;
}

interface Life {
  actor: Actor;
  dir: string;
  disk: Disk;
  /** Its file was written by an earlier build. */
  migrates: boolean;
  server: RunningDesk | undefined;
  /** Undefined until it has started, and once it stops. */
  services: DeskServices | undefined;
  /** Reads the file from outside, to see whether anything was committed. */
  reader: Database | undefined;
  versionOf: (() => unknown) | undefined;
  cursorOf: (() => string | undefined) | undefined;
  lastVersion: unknown;
}

export class SimDesk {
  readonly name: string;
  readonly #parts: DeskParts;
  #lives = 0;
  #life: Life | undefined;
  /** Commits until it dies; undefined while none is planned. */
  #commitsToLive: number | undefined;
  /** The same for when it is started next. */
  #commitsOfTheNextLife: number | undefined;
  /** The moment at which it dies, when it comes to that. */
  #moment: DeskMoment | undefined;
  /** What is done after one of the next commits, besides. */
  #afterCommits: { left: number; run: () => void } | undefined;
  /** The folder to go on from, once it has died. */
  #left: string | undefined;
  #monotonicMs = 0;
  /** The id of the machine that it runs on; its folder may be moved to another. */
  machine: string;
  build: DeskBuild;
  clockErrorMs = 0;
  diskFull = false;

  constructor(parts: DeskParts) {
    this.name = parts.name;
    this.machine = parts.machine;
    this.build = parts.build ?? TODAY;
    this.#parts = parts;
  }

  get sliceRows(): number | undefined {
    return this.#parts.sliceRows;
  }

  /** Its services, when it runs. */
  get services(): DeskServices | undefined {
    return this.#life?.services;
  }

  /** It has died and the world has not noticed yet: what it says counts for nothing. */
  get dead(): boolean {
    return this.#left !== undefined;
  }

  /** Calls on its services as its screens do. */
  use<T>(work: (services: DeskServices) => T): T {
    const life = this.#life;
    if (!life?.services) throw new Error(`${this.name} does not run`);
    const { services } = life;
    return actAs(life.actor, () => work(services));
  }

  /** The same of what takes longer: a desk that dies in it has nothing more to say. */
  async useToTheEnd(work: (services: DeskServices) => Promise<unknown>): Promise<void> {
    const life = this.#life;
    try {
      await this.use(work);
    } catch (error) {
      if (this.#life === life && !this.dead) throw error;
    }
  }

  async start(): Promise<void> {
    this.#lives += 1;
    const dir = join(this.#parts.dir, `life-${this.#lives}`);
    mkdirSync(dir, { recursive: true });
    if (this.#left !== undefined) copyFolder(this.#left, dir);
    this.#left = undefined;
    const actor = newActor(`${this.name}.${this.#lives}`);
    actor.clockErrorMs = this.clockErrorMs;
    const life: Life = {
      actor,
      dir,
      disk: watchDisk(actor, {
        reached: (mark, marks) => this.#reached(life, mark, marks),
        committed: (marks) => this.#committed(life, marks),
      }),
      migrates: this.build === TODAY && lackedMigrations(dir) > 0,
      server: undefined,
      services: undefined,
      reader: undefined,
      versionOf: undefined,
      cursorOf: undefined,
      lastVersion: undefined,
    };
    this.#life = life;
    this.#commitsToLive = this.#commitsOfTheNextLife;
    this.#commitsOfTheNextLife = undefined;
    const { world, centralUrls, sliceRows } = this.#parts;
    const { machine, build } = this;
    const server = await actAs(actor, () =>
      build.start({
        dataDir: dir,
        centralUrls,
        ...(sliceRows !== undefined && { sliceRows }),
        machine: () => Promise.resolve(machine),
        platform: {
          now: () => world.nowMs + actor.clockErrorMs,
          // Starts anywhere, and never stands still.
          monotonicNow: () => world.nowMs + (this.#monotonicMs += 1) / 1_000_000,
          randomBytes: (count) => world.entropy.bytes(count),
        },
      }),
    );
    if (this.#life !== life || !actor.alive) return;
    life.server = server;
    life.services = server.services;
    const reader = new SqliteDatabase(join(dir, 'desk.sqlite'), { readonly: true });
    life.reader = reader;
    const statement = reader.prepare('pragma data_version').pluck();
    life.versionOf = () => statement.get();
    const position = reader.prepare<[], string>("select value from meta where key = 'replica.cursor'").pluck();
    life.cursorOf = () => position.get();
    if (this.diskFull) setRoom(life.disk, true);
  }

  /** Dies as it stands, or after so many more commits. */
  dieAfter(commits: number): void {
    if (!this.#life || this.dead) return;
    if (commits === 0) this.#die(this.#life);
    else this.#commitsToLive ??= commits;
  }

  /** The next time it is started it dies after so many commits. */
  dieInNextLifeAfter(commits: number): void {
    this.#commitsOfTheNextLife = commits;
  }

  /** Dies when it comes to that moment, or to one that it was to die at before. */
  dieAt(moment: DeskMoment): void {
    this.#moment ??= moment;
  }

  /** Where its file is. */
  get dir(): string | undefined {
    return this.#life?.dir;
  }

  /** What was planned for it does not happen. */
  spare(): void {
    this.#moment = undefined;
    this.#commitsToLive = undefined;
    // One that is to die as it starts has yet to come up, and is started again soon.
    this.#afterCommits = undefined;
  }

  /** Once, right after the so manieth commit from now, in the middle of whatever it does then. */
  afterCommits(commits: number, run: () => void): void {
    this.#afterCommits = { left: commits, run };
  }

  /** A copy of its folder as it lies on the disk now. */
  copyTo(dir: string): void {
    const from = this.#life?.dir ?? this.#left;
    if (from !== undefined) copyFolder(from, dir);
  }

  /** Dies, and is what that folder holds when it is started again. */
  becomeFolder(dir: string): void {
    if (this.#life) this.#end(this.#life);
    this.#left = dir;
  }

  /** As somebody ends the program: what it was doing it does to its end. Then it waits to be started, as one that died. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (!life?.server || !life.services) return;
    const { server, actor } = life;
    life.services = undefined;
    await actAs(actor, () => server.close());
    if (this.#life === life) this.#die(life);
  }

  /** How many of today's migrations its file still lacks. */
  lackedMigrations(): number {
    return this.#life ? lackedMigrations(this.#life.dir) : 0;
  }

  setClock(errorMs: number): void {
    this.clockErrorMs = errorMs;
    if (this.#life) this.#life.actor.clockErrorMs = errorMs;
  }

  setDiskFull(full: boolean): void {
    this.diskFull = full;
    if (this.#life) setRoom(this.#life.disk, full);
  }

  /** What its file says, read from outside; nothing while it does not run, or is of a build that knows no such thing. */
  ask(sql: string, ...given: readonly string[]): Record<string, unknown>[] {
    const reader = this.#life?.reader;
    if (!reader || this.dead || this.build !== TODAY) return [];
    return reader.prepare(sql).all(...given) as Record<string, unknown>[];
  }

  /** Whether its file has changed since this was last asked. */
  changed(): boolean {
    const life = this.#life;
    if (!life?.reader || !life.services || this.dead) return false;
    const version = life.versionOf?.();
    const changed = version !== life.lastVersion;
    life.lastVersion = version;
    return changed;
  }

  /** How far it has come in central's feed, as its file says; '' before it has anything. */
  cursor(): string {
    return this.#life?.cursorOf?.() ?? '';
  }

  /** What it keeps of what was settled. Asked at quiet points alone. */
  journal(): { id: string; outcome: string }[] {
    const rows = this.#life?.reader?.prepare('select mutation_id as id, outcome from journal order by seq').all();
    return (rows ?? []) as { id: string; outcome: string }[];
  }

  /** It has something to bring back to a central that was set back. */
  bringsBack(): boolean {
    return this.#life?.reader?.prepare("select 1 from meta where key = 'reoffer'").get() !== undefined;
  }

  close(): void {
    if (this.#life) this.#end(this.#life);
  }

  /** The rows of the transaction lie in the file, or beside it, and no commit says that they count. */
  #reached(life: Life, mark: DeskMark, marks: ReadonlySet<DeskMark>): void {
    if (life !== this.#life || this.#moment?.in !== mark || marks.has('stale')) return;
    this.#dieAtMoment(life, this.#moment);
  }

  #dieAtMoment(life: Life, { name }: DeskMoment): void {
    this.#moment = undefined;
    this.#parts.world.tally.hit(`fault: ${name}`);
    this.#die(life);
  }

  #committed(life: Life, marks: ReadonlySet<DeskMark>): void {
    if (life !== this.#life) return;
    if (isRefill(marks)) this.#parts.world.tally.hit('fault: desk refilled past the horizon');
    if (this.#moment?.after?.(marks)) return this.#dieAtMoment(life, this.#moment);
    const after = this.#afterCommits;
    if (after && (after.left -= 1) <= 0) {
      this.#afterCommits = undefined;
      after.run();
    }
    if (this.#commitsToLive === undefined) return;
    this.#commitsToLive -= 1;
    if (this.#commitsToLive <= 0) this.#die(life);
  }

  /** The rest of this turn still runs in the old folder, where nobody looks any more. */
  #die(life: Life): void {
    const left = `${life.dir}-left`;
    copyFolder(life.dir, left);
    if (life.migrates && !life.server) this.#parts.world.tally.hit('fault: desk killed while it migrated');
    this.#end(life);
    this.#left = left;
  }

  #end(life: Life): void {
    life.actor.alive = false;
    life.reader?.close();
    this.#parts.world.timers.forget(life.actor);
    this.#life = undefined;
    this.#commitsToLive = undefined;
  }
}

/** Of today's; 0 where there is no file yet. */
function lackedMigrations(dir: string): number {
  const file = join(dir, 'desk.sqlite');
  if (!existsSync(file)) return 0;
  const reader = new SqliteDatabase(file, { readonly: true });
  try {
    return REPLICA_MIGRATIONS.length - Number(reader.prepare('select count(*) from migration').pluck().get());
  } finally {
    reader.close();
  }
}

/** Without what a dead process leaves no trace of: SQLite makes its index of the log anew, and the lock goes. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const file = join(from, name);
    if (name.endsWith('-shm') || name.includes('.lock')) continue;
    if (statSync(file).isDirectory()) copyFolder(file, join(to, name));
    else if (existsSync(file)) copyFileSync(file, join(to, name));
  }
}
