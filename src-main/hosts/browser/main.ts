/**
 * `npm run desk`: the local server with the browser host in front of it. Prints one line on stdout once it serves; all
 * else goes to stderr.
 *
 * Exit codes: 0 after SIGTERM or SIGINT, 1 when it could not start (the message says why), 2 for wrong arguments.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { appErrorText } from '../../../src-shared/text/app-error-text.ts';
import { chooseLanguage } from '../../../src-shared/text/language.ts';
import { startLocalServer, type LocalServer } from '../local-server.ts';
import { systemPlatform } from '../system-platform.ts';
import { startBrowserHost, type BrowserHost } from './browser-host.ts';
import { readConfig, USAGE, UsageError, type BrowserHostConfig } from './config.ts';

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const stopping = untilAskedToStop();
  const server = await startLocalServer({ ...config, platform: systemPlatform });
  let host: BrowserHost | undefined;
  try {
    await enrolIfAsked(server, config);
    host = await startBrowserHost({
      services: server.services,
      log: server.log,
      token: config.token ?? randomBytes(24).toString('base64url'),
      port: config.port,
      rendererDir: fileURLToPath(new URL('../../../out/renderer', import.meta.url)),
    });
    process.stdout.write(`desk ready at ${host.url}\n`);
    await stopping;
  } finally {
    await host?.close();
    await server.close();
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

function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof UsageError) return { message: `${error.message}\n\n${USAGE}`, exitCode: 2 };
  const language = chooseLanguage(process.env['LC_ALL'] ?? process.env['LANG'] ?? '');
  if (error instanceof AppError) return { message: startFailure(error, language), exitCode: 1 };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return { message: 'Another program listens on this port already. Give another one with --port.', exitCode: 1 };
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return { message: `No permission: ${(error as Error).message}`, exitCode: 1 };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 };
}

function startFailure(error: AppError, language: 'zh-CN' | 'en'): string {
  // "Orders are saved here" is no comfort to somebody whose desk could not even be enrolled.
  if (error.data.code !== 'CENTRAL_UNREACHABLE') return appErrorText(error.data, language);
  const { reason } = error.data;
  return language === 'zh-CN'
    ? `连不上总部（${reason}），无法注册本机。请检查 --central 的地址，确认总部服务器在运行后重试。`
    : `Head office cannot be reached (${reason}), so this desk could not be enrolled. Check the address given with --central and that the server there is running, then start again.`;
}

main().catch((error: unknown) => {
  const { message, exitCode } = explain(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
});
