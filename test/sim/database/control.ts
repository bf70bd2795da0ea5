/**
 * The simulation's own connection to a seed's database, past the gate: it tells the time, sees who is blocked, and ends
 * connections. It writes nothing that would take a transaction id.
 */
import pg from 'pg';
import { CLOCK_STEP_MS, DATABASE_SILENT_REAL_MS } from '../limits.ts';
import { real, realDelay } from '../world/real.ts';
import { ServerSessions } from './server-sessions.ts';

export class Control {
  readonly sessions = new ServerSessions();
  readonly #url: string;
  #client: pg.Client;
  #toldMs = 0;

  private constructor(url: string, client: pg.Client) {
    this.#url = url;
    this.#client = client;
  }

  static async connect(url: string): Promise<Control> {
    return new Control(url, await open(url));
  }

  /** To the server as it is while nothing else is connected to it: `work` may end it and start another one there. */
  async whileAlone<T>(work: () => Promise<T>): Promise<T> {
    await this.close();
    const done = await work();
    this.#client = await open(this.#url);
    // A sequence that is not in the log begins anew with a server that had died.
    this.#toldMs = 0;
    return done;
  }

  async tellTime(nowMs: number): Promise<void> {
    if (nowMs - this.#toldMs < CLOCK_STEP_MS) return;
    this.#toldMs = nowMs;
    await this.#client.query({ name: 'time', text: 'select setval($1, $2)', values: ['sim.clock', nowMs] });
  }

  /** Those of the given server processes that wait for another one's lock. */
  async blocked(pids: readonly number[]): Promise<Set<number>> {
    const { rows } = await this.#client.query<{ pid: number }>({
      name: 'blocked',
      text: 'select pid from unnest($1::int[]) pid where cardinality(pg_blocking_pids(pid)) > 0',
      values: [pids],
    });
    return new Set(rows.map((row) => row.pid));
  }

  /** Ends server processes and waits until they have let go of everything. */
  async terminate(pids: readonly number[]): Promise<void> {
    if (pids.length === 0) return;
    await this.#client.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);
    await this.gone(pids);
  }

  async cancel(pid: number): Promise<void> {
    await this.#client.query('select pg_cancel_backend($1)', [pid]);
  }

  async gone(pids: readonly number[]): Promise<void> {
    const until = real.Date.now() + DATABASE_SILENT_REAL_MS;
    for (;;) {
      const { rows } = await this.#client.query({
        name: 'gone',
        text: 'select from pg_stat_activity where pid = any($1::int[])',
        values: [pids],
      });
      if (rows.length === 0) return;
      if (real.Date.now() > until) throw new Error(`server processes ${pids.join()} do not end`);
      await realDelay(1);
    }
  }

  async close(): Promise<void> {
    await this.sessions.close();
    await this.#client.end();
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'sim-control' });
  await client.connect();
  return client;
}
