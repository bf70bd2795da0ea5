/** A worker of the simulation: takes seeds from its keeper, one at a time, until that hangs up. */
import './world/globals.ts';
import { SeedRunner } from './seed-runner.ts';

const runner = SeedRunner.start();

process.on('message', (message: { seed: number }) => {
  void runner
    .then((started) => started.run(message.seed))
    .then((report) => process.send?.(report))
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    });
});

process.on('disconnect', () => {
  void runner.then((started) => started.stop()).finally(() => process.exit());
});
