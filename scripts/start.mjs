/** `npm start`: installs what is missing, then runs start.ts on Node 24. */
import { ensureInstalled } from './ensure-install.mjs';
import { runOnNode24 } from './run-on-node-24.mjs';

ensureInstalled();
runOnNode24('scripts/start.ts', process.argv.slice(2));
