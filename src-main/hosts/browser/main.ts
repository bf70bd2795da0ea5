/**
 * `npm run desk`. Keeps the compiled form of its modules, which halves the time of the next start; so all else is
 * loaded after that has been switched on.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../../.cache/compiled', import.meta.url)));
const { runDesk } = await import('./desk-program.ts');
await runDesk();
