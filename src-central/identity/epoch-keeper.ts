/**
 * Keeps a running node in the epoch that its database is in.
 *
 * Guarantees: no connection is used before the server behind it has shown that it is the one the epoch is bound to; so a
 * database that was promoted or put back behind the same address serves nothing until a new epoch has begun. What is
 * asked meanwhile is answered as busy, and asked again.
 */
import type pg from 'pg';
import { guardConnections, openAside } from '../db/connect.ts';
import { identityBehind, readServerIdentity } from '../db/server-identity.ts';
import type { CentralDb, EpochLifeTable } from '../db/schema.ts';
import { beginEpoch } from './begin-epoch.ts';
import { ensureEpoch, isBoundTo, loadEpoch, type Epoch } from './epoch.ts';

/** The database starts or is being looked at; PostgreSQL's own code for it, so that it is taken for what it is. */
class NotYetError extends Error {
  readonly code = '57P03';
}

export class EpochKeeper {
  readonly #db: CentralDb;
  /** The node's one object: whoever holds it sees it move on. */
  readonly #epoch: Epoch;
  readonly #onChange: (epoch: Epoch) => void;
  readonly #onFault: (error: unknown) => void;
  #looking: Promise<void> | undefined;

  constructor(of: {
    db: CentralDb;
    epoch: Epoch;
    onChange: (epoch: Epoch) => void;
    onFault: (error: unknown) => void;
  }) {
    this.#db = of.db;
    this.#epoch = of.epoch;
    this.#onChange = of.onChange;
    this.#onFault = of.onFault;
  }

  start(): void {
    guardConnections(this.#db, (client) => this.#check(client));
  }

  stop(): void {
    guardConnections(this.#db, undefined);
  }

  /** Reads the epoch anew: another node may have begun one. */
  async refresh(): Promise<void> {
    this.#take(await loadEpoch(this.#db));
  }

  /** A desk has shown that this database was set back. */
  async begin(reason: EpochLifeTable['reason'], seen: string): Promise<void> {
    await beginEpoch(this.#db, { reason, seen, server: await readServerIdentity(this.#db) });
    await this.refresh();
  }

  async #check(client: pg.ClientBase): Promise<void> {
    const server = await identityBehind(client);
    if (server.inRecovery) throw new NotYetError('the database is a standby');
    const { rows } = await client.query<Bound>('select system_identifier, timeline, server_started_at from epoch');
    const [bound] = rows;
    if (bound && isBoundTo({ ...bound, timeline: bound.timeline === null ? null : Number(bound.timeline) }, server)) {
      return;
    }
    this.#looking ??= this.#lookAgain().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
    throw new NotYetError('the database is another than it was');
  }

  async #lookAgain(): Promise<void> {
    const aside = openAside(this.#db);
    try {
      this.#take(await ensureEpoch(aside, this.#epoch.currency));
    } catch (error) {
      this.#onFault(error);
    } finally {
      await aside.destroy();
    }
  }

  #take(now: Epoch): void {
    const changed = now.epoch !== this.#epoch.epoch;
    Object.assign(this.#epoch, now);
    if (changed) this.#onChange(this.#epoch);
  }
}

interface Bound {
  system_identifier: string;
  timeline: string | number | null;
  server_started_at: Date | null;
}
