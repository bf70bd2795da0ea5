/** What people do at central, past every desk: deliveries, prices, customers that move, people who come and go. */
import type { ClientBase } from 'pg';
import { connectCentral, guardConnections } from '../../../src-central/db/connect.ts';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import { identityBehind } from '../../../src-central/db/server-identity.ts';
import { isBoundTo } from '../../../src-central/identity/epoch.ts';
import { gatedClient } from '../database/gated-client.ts';
import type { StatementGate } from '../database/statement-gate.ts';
import { actAs, newActor, type Actor } from '../world/actor.ts';

/** PostgreSQL's own code for a database that starts. */
const CANNOT_CONNECT_NOW = '57P03';
/** For people, and for as many writers that take their time. */
const OFFICE_CONNECTIONS = 8;

export class SimOffice {
  readonly actor: Actor = newActor('office');
  /** Leases that a person has taken back by name, as far as the office has heard of it. */
  readonly takenBack = new Set<string>();
  /** It has begun to. */
  importsPrices = false;
  readonly #db: CentralDb;

  constructor(url: string, gate: StatementGate) {
    this.#db = actAs(this.actor, () =>
      connectCentral(url, { Client: gatedClient(gate, this.actor), connections: OFFICE_CONNECTIONS }),
    );
    guardConnections(this.#db, check);
  }

  /** Resolves when it is done; the scheduler must let its statements go meanwhile. */
  work<T>(work: (db: CentralDb) => Promise<T>): Promise<T> {
    return actAs(this.actor, () => work(this.#db));
  }
}

/** As in a node's keeper: nobody writes to a database that was set back before a node has looked at it. */
async function check(client: ClientBase): Promise<void> {
  const server = await identityBehind(client);
  const { rows } = await client.query<Bound>('select system_identifier, timeline, server_started_at from epoch');
  const [bound] = rows;
  if (!bound || isBoundTo({ ...bound, timeline: Number(bound.timeline) }, server)) return;
  throw Object.assign(new Error('the database is another than it was'), { code: CANNOT_CONNECT_NOW });
}

interface Bound {
  system_identifier: string;
  timeline: string | null;
  server_started_at: Date | null;
}
