/** Runs single seeds in this process. */
import './world/globals.ts';
import { oldestKeptBuild, type DeskBuild } from './actors/desk-build.ts';
import type { ClusterTemplate } from './database/sim-postgres.ts';
import { makeTemplate, type SimHouse } from './database/template.ts';
import { LARGE_HOUSE } from './limits.ts';
import { Simulation } from './simulation.ts';
import type { SeedReport } from './seed-report.ts';

export class SeedRunner {
  readonly #template: ClusterTemplate;
  readonly #house: SimHouse;

  /** Made when a seed first wants it. */
  #large: { template: ClusterTemplate; house: SimHouse } | undefined;
  readonly #keptBuild: DeskBuild;

  private constructor(of: { template: ClusterTemplate; house: SimHouse; keptBuild: DeskBuild }) {
    this.#template = of.template;
    this.#keptBuild = of.keptBuild;
    this.#house = of.house;
    process.once('exit', () => {
      of.template.abandon();
      this.#large?.template.abandon();
    });
  }

  static async start(): Promise<SeedRunner> {
    return new SeedRunner({ ...(await makeTemplate()), keptBuild: await oldestKeptBuild() });
  }

  async run(seed: number): Promise<SeedReport> {
    const begunAt = performance.now();
    const isLarge = seed % LARGE_HOUSE.oneIn === LARGE_HOUSE.which;
    if (isLarge) this.#large ??= await makeTemplate(LARGE_HOUSE.products);
    const { template, house: furnished } = (isLarge && this.#large) || { template: this.#template, house: this.#house };
    const postgres = await template.copy();
    try {
      // A seed's customers move about.
      const house = structuredClone(furnished);
      const simulation = await Simulation.open(seed, { postgres, house, keptBuild: this.#keptBuild });
      const violation = await violationOf(simulation);
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
    } finally {
      await postgres.stop();
    }
  }

  stop(): void {
    this.#template.remove();
    this.#large?.template.remove();
  }
}

async function violationOf(simulation: Simulation): Promise<SeedReport['violation']> {
  try {
    await simulation.run();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const log = simulation.nodes.flatMap((node) => node.faults);
    return { reason, step: simulation.steps, last: simulation.world.trace.last(), log };
  }
}
