/** pg's client, whose every word to the database passes the gate first. */
import pg from 'pg';
import type { Actor } from '../world/actor.ts';
import type { GatedConnection, StatementGate } from './statement-gate.ts';

type Reply = (error: Error | null, value?: unknown) => void;
type AnyQuery = (...given: unknown[]) => Promise<unknown>;

/** Timeouts of the server run by its own clock: the scheduler makes them happen instead. */
const NO_SERVER_TIMEOUTS = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 };

/** Of one simulated process: what it asks counts as that one's. */
export function gatedClient(gate: StatementGate, actor: Actor): new () => pg.ClientBase {
  class GatedClient extends pg.Client {
    readonly actor = actor;
    readonly #inherited = {
      connect: () => super.connect(),
      query: super.query.bind(this) as unknown as AnyQuery,
      end: () => super.end(),
    };

    constructor(config?: pg.ClientConfig) {
      super({ ...config, ...NO_SERVER_TIMEOUTS, connectionTimeoutMillis: 0 });
    }

    get #connection(): GatedConnection & { actor: Actor } {
      return this as unknown as GatedConnection & { actor: Actor };
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<this> | undefined {
      const start = async (): Promise<void> => {
        await this.#inherited.connect();
        gate.connections.add(this.#connection);
      };
      const connected = gate.enter({ actor, connection: this.#connection, text: 'connect', start });
      return answered(connected, callback as Reply | undefined) as Promise<this> | undefined;
    }

    // pg has a dozen signatures for this one.
    override query(...given: unknown[]): never {
      const callback = typeof given.at(-1) === 'function' ? (given.pop() as Reply) : undefined;
      const text = String((given[0] as { text?: unknown }).text ?? given[0]);
      const start = (): Promise<unknown> => this.#inherited.query(...given);
      const result = gate.enter({ actor, connection: this.#connection, text, start });
      return answered(result, callback) as never;
    }

    override end(): Promise<void>;
    override end(callback: (error: Error) => void): void;
    override end(callback?: (error: Error) => void): Promise<void> | undefined {
      const gone = this.#inherited.end();
      gate.leaving(this.#connection, gone);
      return answered(gone, callback as Reply | undefined) as Promise<void> | undefined;
    }

    /** As a cable that is cut: no goodbye to the server. Resolves when both sides have noticed. */
    async sever(): Promise<void> {
      const { stream } = (this as unknown as { connection: { stream: NodeJS.WritableStream & Destroyable } })
        .connection;
      const pid = this.#connection.processID;
      const closed = stream.closed ? undefined : new Promise((resolve) => stream.once('close', resolve));
      stream.destroy();
      await closed;
      if (pid) await gate.control.terminate([pid]);
    }
  }
  return GatedClient;
}

interface Destroyable {
  closed: boolean;
  destroy(): void;
}

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
