/**
 * Server processes for one connection after another: to begin one and to fill its caches costs 50 ms of processor, and
 * a seed opens some forty connections. What one connection leaves behind the next must not find, so between the two it
 * is rolled back and discarded: transaction, locks, settings, prepared statements.
 *
 * Guarantees: which process a connection gets depends on the order of calls alone; none is handed out before it is
 * clean.
 */
import pg from 'pg';

/** pg's client with what it does not say in its types. */
export type ServerSession = pg.Client & {
  processID: number | null;
  connection: { stream: NodeJS.WritableStream & Destroyable; parsedStatements: Record<string, string> };
};

interface Destroyable {
  closed: boolean;
  destroy(): void;
}

interface Idle {
  session: ServerSession;
  isClean: Promise<boolean>;
}

export class ServerSessions {
  /** By database. */
  readonly #idle = new Map<string, Idle[]>();

  /** One that nobody else has, connected. */
  async take(config: pg.ClientConfig): Promise<ServerSession> {
    const idle = this.#idleOf(config);
    for (let next = idle.pop(); next; next = idle.pop()) if (await next.isClean) return next.session;
    const session = new pg.Client(config) as ServerSession;
    await session.connect();
    return session;
  }

  /** No statement of it may be under way. Resolves when nothing is left of what was done in it. */
  async giveBack(config: pg.ClientConfig, session: ServerSession): Promise<void> {
    session.on('error', ignore);
    const isClean = clean(session);
    this.#idleOf(config).push({ session, isClean });
    await isClean;
  }

  /** Those that nobody has. */
  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    await Promise.all(idle.map(({ session }) => session.end()));
  }

  #idleOf({ connectionString = '' }: pg.ClientConfig): Idle[] {
    const idle = this.#idle.get(connectionString) ?? [];
    this.#idle.set(connectionString, idle);
    return idle;
  }
}

/** @returns false where it has died. */
async function clean(session: ServerSession): Promise<boolean> {
  try {
    await session.query('rollback');
    await session.query('discard all');
    session.connection.parsedStatements = {};
    return true;
  } catch {
    return false;
  }
}

/** As idle as it is, nobody waits for its errors: whoever takes it next asks whether it is well. */
function ignore(): void {}
