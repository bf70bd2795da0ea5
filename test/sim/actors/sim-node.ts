/** One node of central: the real program without a port, its connections behind the gate. Several serve one database. */
import { createPrivateKey } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { openCentralNode, type CentralNode } from '../../../src-central/central.ts';
import { receiptKeyOf } from '../../../src-central/identity/receipt-key.ts';
import { connectCentral } from '../../../src-central/db/connect.ts';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import { gatedClient } from '../database/gated-client.ts';
import type { StatementGate } from '../database/statement-gate.ts';
import type { Inject, Network, Reachable } from '../network/network.ts';
import { NodeWitness } from './node-witness.ts';
import { actAs, newActor, type Actor } from '../world/actor.ts';
import { FILL_GENERATION_MS, KEEPING, SLICE_MUTATIONS, WATCH_BUSY_MS } from '../limits.ts';
import type { World } from '../world/world.ts';

/** Connections of a node: fewer than at home, so that they run out now and then. */
const CONNECTIONS = 6;
const FAULTS_KEPT = 5;

/** One for all nodes of all seeds, as a house has one: the head of an Ed25519 PKCS #8 and its 32 bytes. */
const RECEIPT_KEY = receiptKeyOf(
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
    format: 'der',
    type: 'pkcs8',
  }),
);

export interface NodeParts {
  name: string;
  world: World;
  gate: StatementGate;
  databaseUrl: () => string;
  /** Before it opens. */
  prepare?: (db: CentralDb) => Promise<void>;
  /** Rows of a chunk of a fill. */
  chunkRows: number | undefined;
}

export class SimNode {
  readonly name: string;
  readonly #parts: NodeParts;
  #life = 0;
  #running: { actor: Actor; db: CentralDb; node: CentralNode | undefined } | undefined;
  /** On its machine's disk: it outlives the program. */
  readonly witness = new NodeWitness();
  /** What it wrote into its log as faults, the last of it. */
  readonly faults: string[] = [];
  /** What its nightly check has found. */
  readonly disagreements: string[] = [];

  constructor(parts: NodeParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get actor(): Actor | undefined {
    return this.#running?.actor;
  }

  get up(): boolean {
    return this.#running?.node !== undefined;
  }

  readonly reach: Reachable = () => {
    const running = this.#running;
    const server = running?.node?.server;
    return running && server && { actor: running.actor, inject: injectInto(server) };
  };

  /** Resolves when it serves. The scheduler must let its statements go meanwhile. */
  async start(): Promise<void> {
    this.#life += 1;
    const actor = newActor(`${this.name}.${this.#life}`);
    const { chunkRows } = this.#parts;
    await actAs(actor, async () => {
      const db = connectCentral(this.#parts.databaseUrl(), {
        Client: gatedClient(this.#parts.gate, actor),
        connections: CONNECTIONS,
      });
      this.#running = { actor, db, node: undefined };
      await this.#parts.prepare?.(db);
      const logger = { level: 'error', stream: { write: (line: string) => this.#keep(line) } };
      const node = await openCentralNode({
        db,
        currency: 'GBP',
        receiptKey: RECEIPT_KEY,
        witness: this.witness,
        logger,
        keeping: KEEPING,
        sliceMutations: SLICE_MUTATIONS,
        watchBusyMs: WATCH_BUSY_MS,
        fills: { generationMs: FILL_GENERATION_MS, ...(chunkRows !== undefined && { chunkRows: () => chunkRows }) },
      });
      if (this.#running.actor === actor) this.#running.node = node;
    });
  }

  /** As killed: nothing of it goes on, in memory, in the database or on the line. */
  async crash(network: Network): Promise<void> {
    const { actor } = this.#running ?? {};
    this.#running = undefined;
    if (!actor) return;
    actor.alive = false;
    this.#parts.world.timers.forget(actor);
    await this.#parts.gate.crash(actor);
    network.nodeDied(this.name);
  }

  /** As stopped by its keeper. Resolves when it has answered what was under way. */
  async stop(network: Network): Promise<void> {
    const running = this.#running;
    if (!running?.node) return;
    const { node, actor, db } = running;
    this.#running = undefined;
    await actAs(actor, async () => {
      await node.stop();
      // The gate waits for its connections; how long that takes in real time must decide nothing.
      void db.destroy();
    });
    network.nodeDied(this.name);
  }

  /** A question to its database, by its own connections. */
  use<T>(work: (db: CentralDb) => Promise<T>): Promise<T> {
    const running = this.#running;
    if (!running) throw new Error(`${this.name} is not up`);
    return actAs(running.actor, () => work(running.db));
  }

  /** A job of central's, due or not. Resolves with whether this node ran it, when it has ended. */
  async runJob(name: string): Promise<boolean> {
    const running = this.#running;
    const { all, jobs } = running?.node?.housekeeping ?? {};
    const job = all?.find((each) => each.name === name);
    if (!running || !job || !jobs) return false;
    try {
      return await actAs(running.actor, () => jobs.runIfDue({ ...job, everyMs: 0, nightly: false }));
    } catch (error) {
      // Stopped meanwhile: its own runner would have waited, and its connections are gone.
      if (this.#running !== running) return false;
      throw error;
    }
  }

  #keep(line: string): void {
    if (line.includes('do not agree')) this.disagreements.push(line.trim());
    this.faults.push(line.trim());
    if (this.faults.length > FAULTS_KEPT) this.faults.shift();
  }
}

/** At once, and as the caller's actor: what fastify's own promise begins, it begins later and as nobody's. */
function injectInto(server: FastifyInstance): Inject {
  return (request) =>
    new Promise((resolve, reject) => {
      server.inject(request, (error, response) => {
        if (error) reject(error);
        else if (response) resolve(response);
      });
    });
}
