/**
 * The program of the utility process: the local server, and one served port for each window. Main starts and ends it;
 * when main dies, Electron ends it too. What was acknowledged is on disk before the window hears of it, so no end of
 * this process, however sudden, loses an order.
 */
import { join } from 'node:path';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../src-shared/text/app-error-text.ts';
import { appRouter } from '../api/router.ts';
import { lineSettings } from '../hosts/line-settings.ts';
import { startLocalServer, type LocalServer } from '../hosts/local-server.ts';
import { mainProcessLinkPort, type MainProcessPort } from '../hosts/port/link-ports.ts';
import { servePort, type ServedPort } from '../hosts/port/serve-port.ts';
import { systemPlatform } from '../hosts/system-platform.ts';
import type { FromLocalServer, LocalServerStart, ToLocalServer } from './process-messages.ts';

/** Built beside this file (electron.vite.config.ts). */
const CHUNK_WORKER = join(import.meta.dirname, 'chunk-worker.cjs');

const KEEPER_THREAD = join(import.meta.dirname, 'keeper-thread.cjs');

/** Told apart from a crash in what main prints. */
const DAMAGED_EXIT = 3;

const port = process.parentPort;
const served = new Set<ServedPort>();
let running: { server: LocalServer; options: LocalServerStart } | undefined;

port.on('message', ({ data, ports }) => {
  const message = data as ToLocalServer;
  if (message.kind === 'start') void start(message.options);
  else if (message.kind === 'stop') void stop();
  else for (const window of ports) serve(window);
});

function tell(message: FromLocalServer): void {
  port.postMessage(message);
}

async function start(options: LocalServerStart): Promise<void> {
  try {
    const { dataFolder: dataDir, centralUrls } = options;
    const line = lineSettings(options, process.env);
    const server = await startLocalServer({
      dataDir,
      centralUrls,
      line,
      chunkWorker: CHUNK_WORKER,
      keeperThread: KEEPER_THREAD,
      platform: systemPlatform,
      onDamaged: () => void endDamaged(),
    });
    running = { server, options };
  } catch (error) {
    const known = error instanceof AppError;
    console.error(error);
    tell({ kind: 'cannot-start', reason: known ? appErrorText(error.data, options.language) : String(error) });
    process.exit(1);
  }
  tell({ kind: 'ready' });
  await enrolOnce(running);
}

/** The code came with the program's start; a desk that is enrolled already has no use for it. */
async function enrolOnce({ server, options }: NonNullable<typeof running>): Promise<void> {
  const [centralUrl] = options.centralUrls;
  if (options.enrolCode === null || centralUrl === undefined || server.services.session.state().enrolled) return;
  try {
    await server.services.session.enrol({ centralUrl, code: options.enrolCode, deviceName: options.deviceName });
  } catch (error) {
    // The window asks for another code, and says why.
    server.log.warn('the enrolment code of the start was not taken', error);
  }
}

function serve(window: MainProcessPort): void {
  if (!running) throw new Error('A port came before the local server was ready.');
  const { server, options } = running;
  const own = servePort(mainProcessLinkPort(window), {
    router: appRouter,
    createContext: (language) => ({
      services: server.services,
      language,
      logUnforeseen: (error) => server.log.unforeseen(error),
    }),
    language: options.language,
    onClosed: () => served.delete(own),
  });
  served.add(own);
}

/** The supervisor starts another at once, and that one restores the file. */
async function endDamaged(): Promise<void> {
  // Not in the middle of the statement that has found it.
  await new Promise((resolve) => setImmediate(resolve));
  for (const window of served) window.close();
  await running?.server.close().catch((error: unknown) => console.error(error));
  process.exit(DAMAGED_EXIT);
}

async function stop(): Promise<void> {
  for (const window of served) window.close();
  await running?.server.close();
  process.exit(0);
}
