/**
 * Keeps a running node in the epoch that its database is in.
 *
 * Guarantees: no connection is used before the server behind it has shown that it is the one the epoch is bound to; so a
 * database that was promoted or put back behind the same address serves nothing until a new epoch has begun. What is
 * asked meanwhile is answered as busy, and asked again.
 */
import type pg from 'pg';
import { guardConnections, openAside } from '../db/connect.ts';
import { identityBehind, readServerIdentity, type ServerIdentity } from '../db/server-identity.ts';
import type { CentralDb, EpochLifeTable } from '../db/schema.ts';
import { beginEpoch } from './begin-epoch.ts';
import { WITNESS_MS, WITNESS_WRITE_MS } from '../limits.ts';
import { ensureEpoch, isBoundTo, loadEpoch, type Epoch } from './epoch.ts';
import type { Seen, Witness } from './witness.ts';

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
  readonly #witness: Witness | undefined;
  /** How far the log was on the disk when it was last looked at. */
  #seen: Seen | undefined;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writtenAt = 0;

  constructor(of: {
    db: CentralDb;
    epoch: Epoch;
    witness: Witness | undefined;
    onChange: (epoch: Epoch) => void;
    onFault: (error: unknown) => void;
  }) {
    this.#db = of.db;
    this.#epoch = of.epoch;
    this.#witness = of.witness;
    this.#onChange = of.onChange;
    this.#onFault = of.onFault;
  }

  async start(): Promise<void> {
    this.#note(await readServerIdentity(this.#db));
    guardConnections(this.#db, (client) => this.#check(client));
    this.#watch();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    guardConnections(this.#db, undefined);
    await this.#write();
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        if (this.#timer) this.#watch();
      });
    }, WITNESS_MS);
    this.#timer.unref();
  }

  /** A database that does not answer has nothing to tell; whoever asks it next hears of that. */
  async #look(): Promise<void> {
    try {
      this.#note(await readServerIdentity(this.#db));
      if (Date.now() - this.#writtenAt > WITNESS_WRITE_MS) await this.#write();
    } catch {
      // As it says above.
    }
  }

  async #write(): Promise<void> {
    this.#writtenAt = Date.now();
    if (this.#seen) await this.#witness?.write(this.#seen).catch(this.#onFault);
  }

  #note({ systemIdentifier, timeline, flushed }: ServerIdentity): void {
    if (timeline === null || flushed === null) return;
    this.#seen = { epoch: this.#epoch.epoch, systemIdentifier, timeline, flushed };
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
      this.#note(server);
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
      this.#take(await ensureEpoch(aside, this.#epoch.currency, this.#seen));
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
