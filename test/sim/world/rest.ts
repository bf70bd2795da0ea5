/**
 * When the process has come to rest: nothing that was begun in it still runs, but what waits for the database, for a
 * message or for a timer, and those are the scheduler's to let go.
 *
 * Promises and ticks have all run when an immediate runs; immediates and the file system's requests are counted by
 * Node itself. The thread pool's other users (signatures, passwords, compression) are not counted by Node: in a
 * simulation they run in place (seeded-crypto.ts), and the line asks for no compression.
 */
import { real } from './real.ts';

const UNDER_WAY: ReadonlySet<string> = new Set(['Immediate', 'FSReqCallback', 'FSReqPromise']);

export async function atRest(): Promise<void> {
  do {
    await new Promise<void>((resolve) => {
      real.setImmediate(resolve);
    });
  } while (process.getActiveResourcesInfo().some((resource) => UNDER_WAY.has(resource)));
}
