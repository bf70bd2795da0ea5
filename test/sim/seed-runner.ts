/** Runs single seeds on this process's PostgreSQL. */
import './world/globals.ts';
import { startSimPostgres, type SimPostgres } from './database/sim-postgres.ts';
import { makeTemplate, TEMPLATE, type SimHouse } from './database/template.ts';
import { Simulation } from './simulation.ts';
import type { SeedReport } from './seed-report.ts';

export class SeedRunner {
  readonly #postgres: SimPostgres;
  readonly #house: SimHouse;

  private constructor(postgres: SimPostgres, house: SimHouse) {
    this.#postgres = postgres;
    this.#house = house;
  }

  static async start(): Promise<SeedRunner> {
    const postgres = await startSimPostgres();
    return new SeedRunner(postgres, await makeTemplate(postgres));
  }

  async run(seed: number): Promise<SeedReport> {
    const name = `seed_${seed}`;
    await this.#postgres.run(
      `drop database if exists ${name} with (force)`,
      `create database ${name} template ${TEMPLATE}`,
    );
    const begunAt = performance.now();
    const simulation = await Simulation.open(seed, {
      url: this.#postgres.urlOf(name),
      house: structuredClone(this.#house),
    });
    let violation: SeedReport['violation'];
    try {
      await simulation.run();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const log = simulation.nodes.flatMap((node) => node.faults);
      violation = { reason, step: simulation.steps, last: simulation.world.trace.last(), log };
    }
    await this.#postgres.run(`drop database ${name} with (force)`);
    const { trace, tally } = simulation.world;
    return {
      seed,
      hash: trace.hash(),
      events: trace.events,
      steps: simulation.steps,
      ms: Math.round(performance.now() - begunAt),
      counts: tally.counts(),
      ...(violation && { violation }),
    };
  }

  stop(): Promise<void> {
    return this.#postgres.stop();
  }
}
