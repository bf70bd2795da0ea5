/** `node scripts/run.mjs PROGRAM.ts [ARGUMENT…]`: installs what is missing, then runs the program on Node 24. */
import { ensureInstalled } from './ensure-install.mjs';
import { runOnNode24 } from './run-on-node-24.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) {
  process.stderr.write('Usage: node scripts/run.mjs PROGRAM.ts [ARGUMENT…]\n');
  process.exit(2);
}
ensureInstalled();
runOnNode24(program, args);
