/**
 * Central on an open database: routes, watcher, figures. Stateless but for open streams: any number of nodes may serve
 * one database.
 */
import compress from '@fastify/compress';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Currency } from '../src-shared/domain/money.ts';
import { reconcileAllGrants } from './grants/grants.ts';
import { MAX_PUSH_BYTES } from '../src-shared/protocol/limits.ts';
import { chooseLanguage } from '../src-shared/text/language.ts';
import { FeedWatcher } from './change-feed/watcher.ts';
import type { CentralDb } from './db/schema.ts';
import { openHousekeeping, type Housekeeping } from './housekeeping.ts';
import { appErrorOf, logFault, sendAppError } from './http/errors.ts';
import { registerOpsRoutes } from './http/ops-routes.ts';
import { PokeStreams } from './http/poke-streams.ts';
import type { CentralServices } from './http/services.ts';
import { SERVED_VERSIONS, type ServedVersions } from './http/sync/served-versions.ts';
import { registerSyncRoutes } from './http/sync/sync-routes.ts';
import { EpochKeeper } from './identity/epoch-keeper.ts';
import { ensureEpoch } from './identity/epoch.ts';
import type { ReceiptKey } from './identity/receipt-key.ts';
import type { Witness } from './identity/witness.ts';
import type { FeedKeeping } from './jobs/central-jobs.ts';
import type { JobClock } from './jobs/job.ts';
import { COMPRESS_FROM_BYTES, DRAIN_MS } from './limits.ts';
import { centralMetrics } from './metrics.ts';
import { CatalogueMemory } from './mutations/catalogue-memory.ts';
import { FillService, type FillServiceParts } from './snapshot/fill-service.ts';
import { closeWhenAllBack } from './recovery/recovery-state.ts';
import { settleWaiting } from './recovery/settle-again.ts';
import { peopleRouter, type PeopleRouter } from './people/router.ts';

export interface CentralNodeOptions {
  /** Open, migrated; closed by whoever opened it, after `stop`. */
  db: CentralDb;
  currency: Currency;
  /** Signs receipts; kept outside of the database. */
  receiptKey: ReceiptKey;
  /** What this node remembers of the database outside of it. */
  witness?: Witness | undefined;
  logger: FastifyServerOptions['logger'];
  /** Other protocol versions than this build's. */
  served?: ServedVersions;
  /** How long the feed is kept; the limits' days where it is left out. */
  keeping?: FeedKeeping;
  /** Sizes and times of fills in place of the limits'. */
  fills?: Pick<FillServiceParts, 'chunkRows' | 'generationMs'>;
  /** Mutations of a gathered push that are written at a time, in place of the limits'. */
  sliceMutations?: number | undefined;
  /** How often the gate is looked at while a commit waits behind it, in place of the limits'. */
  watchBusyMs?: number | undefined;
  /** Time as the jobs take it, in place of the system's. */
  jobClock?: JobClock;
}

const PEOPLE_PATH = '/trpc';

export interface CentralOptions extends CentralNodeOptions {
  host: string;
  /** 0 for any free one. */
  port: number;
}

/** Central at work, on no port yet. */
export interface CentralNode {
  server: FastifyInstance;
  epoch: string;
  /** Jobs and the watch over the gate; whoever opened the node starts them. */
  housekeeping: Housekeeping;
  /** Answers what is under way, ends the streams, takes nothing new. */
  stop(): Promise<void>;
}

export interface Central extends Omit<CentralNode, 'server' | 'housekeeping'> {
  url: string;
}

export async function startCentral(options: CentralOptions): Promise<Central> {
  const node = await openCentralNode(options);
  const { server, epoch, housekeeping } = node;
  const stop = (): Promise<void> => node.stop();
  try {
    await server.listen({ host: options.host, port: options.port });
  } catch (error) {
    // A port that is taken must not leave the watcher behind: its timers would keep the program from ending.
    await stop();
    throw error;
  }
  housekeeping.start();
  const { port } = server.server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, epoch, stop };
}

/** Whoever has no network of its own (a simulation) hands requests to `server` directly. */
export async function openCentralNode(options: CentralNodeOptions): Promise<CentralNode> {
  const { db } = options;
  const epoch = await ensureEpoch(db, options.currency, await options.witness?.read());
  await reconcileAllGrants(db, Date.now());
  const server = fastify({
    logger: options.logger ?? false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  });
  const watcher = new FeedWatcher({
    db,
    onFault: (error) => server.log.warn({ err: error }, 'the gate can not be read'),
    busyMs: options.watchBusyMs,
  });
  const streams = new PokeStreams(epoch, watcher);
  const keeper = new EpochKeeper({
    db,
    epoch,
    witness: options.witness,
    onChange: ({ epoch: now }) => {
      server.log.error(
        { epoch: now },
        'this database was set back: a new epoch has begun, and desks bring back what is lost',
      );
      // What it remembers of positions is of the old life; desks that come back are told of the new one.
      watcher.startAnew();
      streams.closeAll();
    },
    onFault: (error) =>
      server.log.error({ err: error }, 'the database is another than it was, and no epoch could be begun'),
  });
  const metrics = centralMetrics({
    listening: () => watcher.listening,
    lag: () => watcher.lag,
    recovering: () => epoch.recovering,
  });
  const catalogue = new CatalogueMemory();
  const committed = (xid: string): void => watcher.committed(xid);
  const housekeeping = openHousekeeping({
    db,
    log: server.log,
    metrics,
    receiptKey: options.receiptKey,
    committed,
    settleReturned: async (signal) => {
      const context = { db, epoch, catalogue, committed, logFault: (error: unknown) => logFault(server.log, error) };
      await settleWaiting(context, signal);
      if (epoch.recovering && (await closeWhenAllBack(db, epoch.epoch))) await keeper.refresh();
    },
    clock: options.jobClock,
    keeping: options.keeping,
  });
  const services: CentralServices = {
    db,
    epoch,
    receiptKey: options.receiptKey,
    keeper,
    watcher,
    streams,
    metrics,
    stalls: housekeeping.stalls,
    catalogue,
    served: options.served ?? SERVED_VERSIONS,
    sliceMutations: options.sliceMutations,
    fills: new FillService({ db, epoch, ...options.fills }),
  };
  await keeper.start();
  await registerAll(server, services);
  await watcher.start();
  return {
    server,
    epoch: epoch.epoch,
    housekeeping,
    stop: async () => {
      streams.closeAll();
      await Promise.all([drained(server), housekeeping.stop()]);
      await watcher.stop();
      await keeper.stop();
    },
  };
}

async function registerAll(server: FastifyInstance, services: CentralServices): Promise<void> {
  server.setErrorHandler(async (error, request, reply) => {
    const data = appErrorOf(request.log, error);
    // Perhaps this node is the one that has not heard of it.
    if (data.code === 'EPOCH_CHANGED') await refreshed(services.keeper);
    return sendAppError(reply, data);
  });
  server.setNotFoundHandler((request, reply) =>
    sendAppError(reply, { code: 'NOT_FOUND', retry: 'never', what: request.url.split('?')[0] ?? '' }),
  );
  await server.register(compress, {
    threshold: COMPRESS_FROM_BYTES,
    encodings: ['zstd', 'gzip', 'identity'],
    // Requests are unpacked where their bound is known and headers are not trusted (http/sync/desk-bodies.ts).
    globalDecompression: false,
  });
  registerSyncRoutes(server, services);
  registerOpsRoutes(server, services);
  // A desk's orders can come in by hand, in parts of a push's size.
  server.addHook('onRoute', (route) => {
    if (route.url.startsWith(PEOPLE_PATH)) route.bodyLimit = MAX_PUSH_BYTES;
  });
  const trpc: FastifyTRPCPluginOptions<PeopleRouter>['trpcOptions'] = {
    router: peopleRouter,
    createContext: ({ req }) => ({
      db: services.db,
      authorization: req.headers.authorization,
      closeStreams: (deviceId: string) => services.streams.closeOf(deviceId),
      appErrorOf: (error: unknown) => appErrorOf(req.log, error),
      committed: (xid: string) => services.watcher.committed(xid),
      epoch: services.epoch,
      receiptKey: services.receiptKey,
      catalogue: services.catalogue,
      logFault: (error: unknown) => logFault(req.log, error),
      language: chooseLanguage(req.headers['accept-language'] ?? ''),
    }),
  };
  await server.register(fastifyTRPCPlugin, { prefix: PEOPLE_PATH, trpcOptions: trpc });
}

/** Where the database is away, whoever comes next tells this node again. */
async function refreshed(keeper: EpochKeeper): Promise<void> {
  try {
    await keeper.refresh();
  } catch {
    // As it says above.
  }
}

/** Bounded: a request that hangs must not keep the program from ending. */
async function drained(server: FastifyInstance): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      server.server.closeAllConnections();
      resolve();
    }, DRAIN_MS);
  });
  await Promise.race([server.close(), late]);
  clearTimeout(timer);
}
