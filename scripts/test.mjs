/** `npm test`: installs what is missing, then runs the suites on Node 24. */
import { ensureInstalled } from './ensure-install.mjs';
import { runOnNode24 } from './run-on-node-24.mjs';

ensureInstalled();
runOnNode24('test/runner/main.ts', process.argv.slice(2));
