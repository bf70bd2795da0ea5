/**
 * The browser host: the renderer's page and the desk's API on 127.0.0.1, for machines without Electron, for evaluation
 * and for tests. What it lets through is `guard.ts`'s matter, what the page may do `page.ts`'s.
 */
import type { AddressInfo } from 'node:net';
import websocket from '@fastify/websocket';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import { TRPCError } from '@trpc/server';
import fastify, { type FastifyInstance } from 'fastify';
import { chooseLanguage, type Language } from '../../../src-shared/text/language.ts';
import type { DeskServices } from '../../api/desk-services.ts';
import { appRouter, type AppRouter } from '../../api/router.ts';
import type { DeskContext } from '../../api/trpc.ts';
import type { DeskLog } from '../desk-log.ts';
import { REQUEST_MAX_BYTES } from '../limits.ts';
import { createGuard, type Guard } from './guard.ts';
import { servePages } from './pages.ts';

export interface BrowserHostOptions {
  /** Asked at each call: the local server behind it may be another by then. */
  readonly services: DeskServices;
  readonly log: DeskLog;
  token: string;
  /** 0: any free one. */
  port: number;
  /** The renderer's build; the API is served without it too. */
  rendererDir: string;
}

export interface BrowserHost {
  port: number;
  /** With the token: whoever has it may use the desk. */
  url: string;
  /** Breaks every stream off: the pages begin theirs anew, and look at everything again. */
  dropStreams(): void;
  close(): Promise<void>;
}

/** @throws the system's error where the port can't be had. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const app = fastify({
    bodyLimit: REQUEST_MAX_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 5_000 },
  });
  const portNow = (): number => (app.server.address() as AddressInfo | null)?.port ?? 0;
  const guard = createGuard(options.token, portNow);

  refuseStrangers(app, guard);
  await app.register(websocket, { options: { maxPayload: REQUEST_MAX_BYTES } });
  await app.register(fastifyTRPCPlugin, { prefix: '/trpc', useWSS: true, trpcOptions: trpcOptions(options, guard) });
  servePages(app, { rendererDir: options.rendererDir, port: portNow });
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) options.log.unforeseen(error);
    return reply.code(status).send({ error: { message: status >= 500 ? 'internal error' : messageOf(error) } });
  });

  await app.listen({ host: '127.0.0.1', port: options.port });
  const port = portNow();
  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${options.token}`,
    dropStreams: () => {
      for (const client of app.websocketServer.clients) client.terminate();
    },
    close: () => app.close(),
  };
}

function trpcOptions(host: BrowserHostOptions, guard: Guard): FastifyTRPCPluginOptions<AppRouter>['trpcOptions'] {
  const context = (language: Language): DeskContext => ({
    services: host.services,
    language,
    logUnforeseen: (error) => host.log.unforeseen(error),
  });
  return {
    router: appRouter,
    // Queries as POST: an order of 2,000 lines fits into no address, and addresses end up in logs.
    allowMethodOverride: true,
    keepAlive: { enabled: true },
    createContext: ({ req, info: { connectionParams } }) => {
      // A browser can't put a header on a WebSocket: its token comes with the first message.
      if (!guard.hasToken(req.headers) && !guard.isToken(connectionParams?.['token'])) {
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      }
      return context(chooseLanguage(connectionParams?.['language'] ?? req.headers['accept-language'] ?? ''));
    },
  };
}

const WRONG_ADDRESS: Record<Language, string> = {
  en: 'This address does not open the desk. Use the whole address that the desk printed when it started.',
  'zh-CN': '此地址无法打开订货台，请使用程序启动时显示的完整地址。',
};

function refuseStrangers(app: FastifyInstance, guard: Guard): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!guard.isOurs(request.headers)) {
      return reply.code(403).send({ error: { message: 'This desk answers only to its own page.' } });
    }
    const { pathname } = new URL(request.url, 'http://desk');
    if (!pathname.startsWith('/trpc') || guard.hasToken(request.headers)) return;
    // A WebSocket says its token in its first message, to createContext, and gets nothing before.
    if (pathname === '/trpc' && request.headers.upgrade?.toLowerCase() === 'websocket') return;
    const language = chooseLanguage(request.headers['accept-language'] ?? '');
    return reply.code(401).send({ error: { message: WRONG_ADDRESS[language] } });
  });
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
