/** What people do at central, past every desk: deliveries, prices, customers that move, people who come and go. */
import { connectCentral } from '../../../src-central/db/connect.ts';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import { gatedClient } from '../database/gated-client.ts';
import type { StatementGate } from '../database/statement-gate.ts';
import { actAs, newActor, type Actor } from '../world/actor.ts';

export class SimOffice {
  readonly actor: Actor = newActor('office');
  /** Leases that a person has taken back by name, as far as the office has heard of it. */
  readonly takenBack = new Set<string>();
  /** It has begun to. */
  importsPrices = false;
  readonly #db: CentralDb;

  constructor(url: string, gate: StatementGate) {
    this.#db = actAs(this.actor, () => connectCentral(url, { Client: gatedClient(gate, this.actor), connections: 2 }));
  }

  /** Resolves when it is done; the scheduler must let its statements go meanwhile. */
  work<T>(work: (db: CentralDb) => Promise<T>): Promise<T> {
    return actAs(this.actor, () => work(this.#db));
  }
}
