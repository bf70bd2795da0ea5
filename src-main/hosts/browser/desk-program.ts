/**
 * The desk as a program: the local server with the browser host in front of it. Prints one line on stdout once it
 * serves; all else goes to stderr.
 */
import { randomBytes } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AppError, type AppErrorData } from '../../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../../src-shared/text/app-error-text.ts';
import { chooseLanguage, type Language } from '../../../src-shared/text/language.ts';
import { lineSettings } from '../line-settings.ts';
import type { LocalServer } from '../local-server.ts';
import { startRenewedServer } from '../renewed-server.ts';
import { systemPlatform } from '../system-platform.ts';
import { startBrowserHost, type BrowserHost } from './browser-host.ts';
import { readConfig, USAGE, UsageError, type BrowserHostConfig } from './config.ts';

const KEEPER_THREAD = new URL('../../safety/keeper-thread.ts', import.meta.url);
const CHUNK_WORKER = new URL('../../fill/chunk-worker.ts', import.meta.url);

/** Told apart, so that a script can tell what to do. 0 after SIGTERM or SIGINT. */
const EXIT = { unforeseen: 1, usage: 2, portTaken: 3, unreachable: 4, refusedByCentral: 5, file: 6 };

/** Runs until it is asked to stop; sets the process's exit code. */
export async function runDesk(): Promise<void> {
  try {
    await serveUntilAsked();
  } catch (error) {
    const { text, code } = explain(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
}

async function serveUntilAsked(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if (config === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const stopping = untilAskedToStop();
  const server = await startRenewedServer({
    ...config,
    platform: systemPlatform,
    line: lineOf(config),
    chunkWorker: CHUNK_WORKER,
    keeperThread: KEEPER_THREAD,
  });
  // What ends the program unforeseen stands in its log as well as on the terminal.
  process.on('uncaughtExceptionMonitor', (error) => server.log.unforeseen(error));
  let host: BrowserHost | undefined;
  try {
    await enrolIfAsked(server, config);
    host = await startBrowserHost({
      get services() {
        return server.services;
      },
      get log() {
        return server.log;
      },
      token: config.token ?? randomBytes(24).toString('base64url'),
      port: config.port,
      rendererDir: fileURLToPath(new URL('../../../out/renderer', import.meta.url)),
    });
    server.onRenewing(() => host?.dropStreams());
    process.stdout.write(`desk ready at ${host.url}\n`);
    // Not left to the end of the program: that may come without warning.
    flushCompileCache();
    await stopping;
  } finally {
    await host?.close();
    await server.close();
  }
}

function lineOf(config: BrowserHostConfig): ReturnType<typeof lineSettings> {
  try {
    return lineSettings(config, process.env);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function enrolIfAsked(server: LocalServer, config: BrowserHostConfig): Promise<void> {
  const { session } = server.services;
  const [centralUrl] = config.centralUrls;
  if (config.enrolCode === null || centralUrl === undefined) return;
  if (session.state().enrolled) {
    process.stderr.write('This desk is enrolled already; --enrol was not needed.\n');
    return;
  }
  await session.enrol({ centralUrl, code: config.enrolCode, deviceName: config.deviceName });
}

function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

function explain(error: unknown): { text: string; code: number } {
  if (error instanceof UsageError) return { text: `${error.message}\n\n${USAGE}`, code: EXIT.usage };
  if (error instanceof AppError) return explainAppError(error.data);
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL') {
    return {
      text: `The port is in use (${text}). Stop what uses it, or choose another with --port.`,
      code: EXIT.portTaken,
    };
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return { text: `The desk's folder or port can't be used (${text}). See --data and --port.`, code: EXIT.file };
  }
  return { text: error instanceof Error ? (error.stack ?? text) : text, code: EXIT.unforeseen };
}

function explainAppError(data: AppErrorData): { text: string; code: number } {
  const language = chooseLanguage((process.env['LC_ALL'] ?? process.env['LANG'] ?? '').replace('_', '-'));
  // "Orders are saved here" is no comfort to somebody whose desk could not even be enrolled.
  if (data.code === 'CENTRAL_UNREACHABLE') return { text: NOT_ENROLLED[language](data.reason), code: EXIT.unreachable };
  const ofTheFile = ['STORE_IN_USE', 'STORE_DAMAGED', 'DISK_FULL', 'UPGRADE_REQUIRED'].includes(data.code);
  return { text: appErrorText(data, language), code: ofTheFile ? EXIT.file : EXIT.refusedByCentral };
}

const NOT_ENROLLED: Record<Language, (reason: string) => string> = {
  en: (reason) =>
    `Head office cannot be reached (${reason}), so this desk was not enrolled. Check the address given with --central and that the server there runs, then start again.`,
  'zh-CN': (reason) =>
    `连不上总部（${reason}），本机未能注册。请检查 --central 的地址，确认总部服务器在运行，然后重试。`,
};
