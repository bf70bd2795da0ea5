/** pg's client, whose every word to the database passes the gate first. */
import pg from 'pg';
import { actAs, type Actor } from '../world/actor.ts';
import type { ServerSession } from './server-sessions.ts';
import type { GatedConnection, StatementGate } from './statement-gate.ts';

type Reply = (error: Error | null, value?: unknown) => void;
type AnyQuery = (...given: unknown[]) => Promise<unknown>;

/** Timeouts of the server run by its own clock: the scheduler makes them happen instead. */
const NO_SERVER_TIMEOUTS = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 };

/** SQLSTATE of what a server process says before it is ended. */
const ADMIN_SHUTDOWN = '57P01';

/** Of one simulated process: what it asks counts as that one's. */
export function gatedClient(gate: StatementGate, actor: Actor): new () => pg.ClientBase {
  const { sessions } = gate.control;

  /** What is inherited is pg's interface, and a connection that is never opened: the session's is used. */
  class GatedClient extends pg.Client {
    readonly actor = actor;
    readonly #config: pg.ClientConfig;
    #session: ServerSession | undefined;
    #isBroken = false;
    /** Statements that the server has and has not answered. */
    #underWay = 0;

    constructor(config?: pg.ClientConfig) {
      super(config);
      this.#config = { ...config, ...NO_SERVER_TIMEOUTS, connectionTimeoutMillis: 0 };
    }

    get #inner(): Inside {
      return this as unknown as Inside;
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<this> | undefined {
      const start = async (): Promise<void> => {
        // The pool has given it up.
        if (this.#inner.connection.stream.destroyed) throw new Error('Connection terminated unexpectedly');
        const session = await sessions.take(this.#config);
        this.#session = session;
        this.#inner.processID = session.processID;
        session.removeAllListeners('error').removeAllListeners('end');
        session.on('error', (error) => this.#broke(error));
        session.on('end', () => actAs(actor, () => this.emit('end')));
        gate.connections.add(this.#inner);
      };
      const connected = gate.enter({ actor, connection: this.#inner, text: 'connect', start });
      return answered(connected, callback as Reply | undefined) as Promise<this> | undefined;
    }

    // pg has a dozen signatures for this one.
    override query(...given: unknown[]): never {
      const callback = typeof given.at(-1) === 'function' ? (given.pop() as Reply) : undefined;
      const text = String((given[0] as { text?: unknown }).text ?? given[0]);
      const start = (): Promise<unknown> => this.#ask(given);
      const result = gate.enter({ actor, connection: this.#inner, text, start });
      return answered(result, callback) as never;
    }

    override end(): Promise<void>;
    override end(callback: (error: Error) => void): void;
    override end(callback?: (error: Error) => void): Promise<void> | undefined {
      const gone = this.#end();
      return answered(gone, callback as Reply | undefined) as Promise<void> | undefined;
    }

    // The pool says it of each one that it hands out; there is no socket of its own.
    ref(): void {}
    unref(): void {}

    get busy(): boolean {
      return this.#underWay > 0;
    }

    sever(): Promise<void> {
      return this.#lose(new Error('Connection terminated unexpectedly'));
    }

    terminate(): Promise<void> {
      const said = 'terminating connection due to administrator command';
      return this.#lose(Object.assign(new Error(said), { code: ADMIN_SHUTDOWN }));
    }

    async abandon(): Promise<void> {
      if (this.busy) await this.#kill();
      else await this.#letSessionGo();
    }

    /** What is under way is ended by its server process; where nothing is, that one is as good as new. */
    async #lose(error: Error): Promise<void> {
      if (this.busy) return this.#kill();
      await this.#letSessionGo();
      this.#broke(error);
      actAs(actor, () => this.emit('end'));
    }

    async #kill(): Promise<void> {
      const session = this.#session;
      if (!session) return;
      const { stream } = session.connection;
      const closed = stream.closed ? undefined : new Promise((resolve) => stream.once('close', resolve));
      if (session.processID) await gate.control.terminate([session.processID]);
      stream.destroy();
      await closed;
    }

    async #ask(given: unknown[]): Promise<unknown> {
      if (!this.#session) throw new Error('Client has encountered a connection error and is not queryable');
      this.#underWay += 1;
      try {
        return await (this.#session.query as unknown as AnyQuery).apply(this.#session, given);
      } finally {
        this.#underWay -= 1;
      }
    }

    #broke(error: Error): void {
      this.#useless();
      actAs(actor, () => this.emit('error', error));
    }

    /** Its pool, too, is to see it. */
    #useless(): void {
      this.#isBroken = true;
      Object.assign(this, { _queryable: false });
    }

    #end(): Promise<void> {
      Object.assign(this, { _ending: true });
      const session = this.#session;
      if (!session) return Promise.resolve();
      const isWell = !this.#isBroken && !this.busy;
      const gone = isWell ? this.#letSessionGo() : session.end();
      return gate.leaving(this.#inner, gone, isWell);
    }

    async #letSessionGo(): Promise<void> {
      const session = this.#session;
      this.#session = undefined;
      this.#useless();
      if (!session) return;
      session.removeAllListeners('error').removeAllListeners('end');
      await sessions.giveBack(this.#config, session);
    }
  }
  return GatedClient;
}

/** What pg's client has, and does not say in its types. */
type Inside = GatedConnection & { actor: Actor; connection: { stream: { destroyed: boolean } } };

function answered(work: Promise<unknown>, callback: Reply | undefined): Promise<unknown> | undefined {
  if (!callback) return work;
  void tell(work, callback);
  return undefined;
}

async function tell(work: Promise<unknown>, callback: Reply): Promise<void> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback(null, value);
}
