/** Runs seeds one after another on one PostgreSQL, and adds up what they met. */
import { startTestPostgres } from '../support/central-fixture.ts';
import { startSimCentral } from './sim-central.ts';
import { Simulation, STEPS } from './simulation.ts';
import { Tally } from './tally.ts';

export interface SimulationReport {
  violations: { seed: number; reason: string }[];
  tally: Tally;
  text: string;
}

export interface RunOptions {
  seeds: number;
  /** The first seed. */
  from: number;
  tell: (line: string) => void;
}

export async function runSeeds({ seeds, from, tell }: RunOptions): Promise<SimulationReport> {
  const tally = new Tally();
  const violations: SimulationReport['violations'] = [];
  const postgres = await startTestPostgres();
  try {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const central = await startSimCentral(postgres);
      const simulation = new Simulation(seed, central);
      try {
        await simulation.run();
      } catch (error) {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        violations.push({ seed, reason });
        tell(`seed ${seed}: ${reason}\n  replay it: npm run sim -- --seeds 1 --from ${seed}`);
      } finally {
        await central.stop();
        tally.add(simulation.tally);
      }
    }
  } finally {
    await postgres.stop();
  }
  const head = `${seeds} seeds of ${STEPS} steps, ${tally.sum('fault: ')} faults, ${violations.length} violations`;
  return { violations, tally, text: `${head}\n${tally.table()}` };
}
