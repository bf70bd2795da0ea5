/**
 * The local server: everything that a desk does, without Electron and without HTTP. Its hosts (a utility process, the
 * browser host, a test) put a wire in front of it.
 *
 * Guarantees: one per data folder; once it has resolved, every order that was ever acknowledged here is in it; `close`
 * waits for the step that runs, so that no commit is cut. It does not need central to start, nor to take orders.
 */
import { mkdirSync } from 'node:fs';
import type { DeskServices } from '../api/desk-services.ts';
import { createChunkThread } from '../fill/chunk-thread.ts';
import { readChunk } from '../fill/read-chunk.ts';
import { createIdentitySource, type DeskIdentitySource } from '../identity/desk-identity-source.ts';
import { forgetEndedSessions } from '../identity/sessions.ts';
import { createOrderDesk } from '../orders/order-desk.ts';
import { noteMachine } from '../identity/incarnation.ts';
import type { Platform } from '../platform.ts';
import type { Store } from '../store/store.ts';
import type { LineSettings } from '../line/agents.ts';
import { openDeskFile } from '../restore/open-desk-file.ts';
import { createCentralClient } from '../sync/central-client.ts';
import type { CentralTransport } from '../sync/central-transport.ts';
import { createCentralClock, type CentralClock } from '../sync/clock.ts';
import { createLinkWatch } from '../sync/link-watch.ts';
import { createSendingHold } from '../sync/sending-hold.ts';
import { systemScheduler, type Scheduler } from '../sync/scheduler.ts';
import { createAttendance } from './attendance.ts';
import { openDeskLog, type DeskLog } from './desk-log.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { startExchange, type Exchange } from './exchange.ts';
import { createIdleCheckpoint } from './idle-checkpoint.ts';
import { systemMachine, type MachineSource } from './machine-id.ts';
import { createSafeguards, type Safeguards } from './safeguards.ts';
import { createSessionService } from './session-service.ts';
import { createSyncService } from './sync-service.ts';

export interface LocalServerOptions {
  /** Made when it is not there. */
  dataDir: string;
  /** Origins of central; empty to use those that the desk was enrolled with. */
  centralUrls: readonly string[];
  platform: Platform;
  /** Proxy and certificate authorities; direct and Node's when left out. */
  line?: LineSettings;
  /** In place of HTTP to `centralUrls`. */
  transport?: CentralTransport;
  /** In place of this machine's own id. */
  machine?: MachineSource;
  scheduler?: Scheduler;
  /** The file of fill/chunk-worker.ts as this program is built; left out, chunks are read without a thread of their own. */
  chunkWorker?: URL | string;
  /** Rows of one transaction of a fill at most; as many as this machine writes in a few milliseconds where left out. */
  sliceRows?: number;
  /** The file of safety/keeper-thread.ts likewise; left out, no copies are made and nothing is checked. */
  keeperThread?: URL | string;
  /** The file is damaged: close this server and start another, which restores it. Until then nothing is saved. */
  onDamaged?: (detail: string) => void;
}

export interface LocalServer {
  services: DeskServices;
  log: DeskLog;
  close(): Promise<void>;
}

/** @throws AppError STORE_IN_USE, STORE_DAMAGED, DISK_FULL, UPGRADE_REQUIRED of the desk's file. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { dataDir, platform } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const log = openDeskLog(dataDir, platform);
  const machine = await (options.machine ?? systemMachine)();
  const store = await openDeskFile({ dataDir, platform, warn: (text, error) => log.warn(text, error) });
  noteMachine(store, { machine, nowMs: platform.now() });
  const scheduler = options.scheduler ?? systemScheduler(platform);
  const hub = createEventHub(scheduler);
  const clock = createCentralClock(platform);
  const identity = createIdentitySource(store, () => clock.now());
  const attendance = createAttendance(platform);
  const idle = createIdleCheckpoint(store, scheduler, log);
  const thread =
    options.chunkWorker === undefined
      ? undefined
      : createChunkThread(options.chunkWorker, (text, error) => log.warn(text, error));
  let exchange: Exchange | undefined;
  const guards = safeguardsOf(options, {
    store,
    scheduler,
    log,
    hub,
    identity,
    isFilled: () => exchange !== undefined && !exchange.loop.catchingUp(),
  });

  const link = createLinkWatch(platform, (before) => {
    hub.announce({ topics: ['sync'] });
    const { link: now, reason } = link.report();
    log.info(`link: ${before} -> ${now}${reason === null ? '' : ` (${reason})`}`);
    if (now !== 'online') return;
    hold.lineBack();
    exchange?.loop.lineBack();
  });
  const hold = createSendingHold({
    scheduler,
    now: () => platform.now(),
    isOnline: () => link.report().link === 'online',
    onChange: () => {
      hub.announce({ topics: ['sync'] });
      exchange?.loop.wakePush();
    },
  });
  const transportTo = (urls: readonly string[]): CentralTransport =>
    guards.sparing(
      options.transport ??
        createCentralClient(urls, {
          ...options.line,
          clock: () => ({ nowMs: platform.now(), offsetMs: clock.offsetMs() }),
        }),
    );

  const begin = (): void => {
    const enrolment = identity.enrolment();
    if (!enrolment || exchange) return;
    const urls = options.centralUrls.length > 0 ? options.centralUrls : enrolment.centralUrls;
    exchange = startExchange({
      store,
      enrolment,
      transport: transportTo(urls),
      link,
      clock,
      platform,
      scheduler,
      hold,
      machine,
      onRenamed: (what) => {
        identity.enrolmentChanged();
        if (what.forked !== undefined) log.warn(`identity: this file got a new incarnation (${what.forked})`);
        if (what.newEpoch)
          log.warn('sync: central was set back; this desk fills anew and brings back what it has settled');
        hub.announce({
          topics: ['session', 'orders', 'products', 'customers', 'stock', 'prices', 'sync'],
          orderIds: [],
        });
      },
      onPulled: ({ topics, orderIds }) => {
        idle.touch();
        guards.touch();
        if (topics.includes('orders')) desk.renumberTaken();
        hub.announce({ topics: [...topics, 'sync'], orderIds });
      },
      onFilled: ({ topics, orderIds }) => {
        idle.touch();
        hub.announce({ topics, orderIds });
      },
      readChunk: thread?.readChunk ?? readChunk,
      moveWal: (fromPages) => thread?.moveWal(store.file, fromPages),
      sliceRows: options.sliceRows,
      isAttended: () => attendance.isAttended(),
      onPushed: () => hub.announce({ topics: ['sync'] }),
      warn: (text, error) => log.warn(text, error),
    });
  };
  const desk = createOrderDesk({
    store,
    identity,
    platform: centrallyTimed(platform, clock),
    knowsCentralTime: () => clock.offsetMs() !== null,
    notify: (event) => {
      hub.announce({ ...event, topics: [...event.topics, 'sync'] });
      exchange?.loop.wakePush();
      idle.touch();
      guards.touch();
    },
  });
  const session = createSessionService({
    store,
    identity,
    clock,
    scheduler,
    centralUrls: options.centralUrls,
    transportTo,
    exchange: () => exchange,
    onEnrolled: begin,
    onSignedIn: () => desk.renumberTaken(),
    announce: () => {
      hub.announce({ topics: ['session', 'sync'] });
      guards.touch();
    },
  });
  store.transaction((tx) => forgetEndedSessions(store, tx));
  begin();

  return {
    log,
    services: {
      products: attendance.noting(desk.products),
      customers: attendance.noting(desk.customers),
      orders: attendance.noting(guards.withReserve(desk.orders)),
      attention: desk.attention,
      drafts: attendance.noting(desk.drafts),
      session: session.service,
      sync: createSyncService({
        store,
        desk,
        hold,
        identity,
        link,
        clock,
        scheduler,
        exchange: () => exchange,
      }),
      safety: guards.service,
      events: { stream: (signal) => hub.stream(signal) },
    },
    close: async () => {
      session.close();
      hold.close();
      idle.close();
      await exchange?.stop();
      thread?.close();
      hub.close();
      await guards.close();
      store.close();
    },
  };
}

interface GuardedParts {
  store: Store;
  scheduler: Scheduler;
  log: DeskLog;
  hub: EventHub;
  identity: DeskIdentitySource;
  isFilled: () => boolean;
}

function safeguardsOf(options: LocalServerOptions, parts: GuardedParts): Safeguards {
  const { hub, identity, ...rest } = parts;
  return createSafeguards({
    ...rest,
    dataDir: options.dataDir,
    platform: options.platform,
    keeperThread: options.keeperThread,
    timeZone: () => identity.desk()?.branch.timeZone,
    announce: () => hub.announce({ topics: ['sync'] }),
    onDamaged: (detail) => options.onDamaged?.(detail),
  });
}

/** Orders are dated by central's clock where it is known: a PC's own may be days off, and prices go by the day. */
function centrallyTimed(platform: Platform, clock: CentralClock): Platform {
  return {
    now: () => clock.now(),
    monotonicNow: () => platform.monotonicNow(),
    randomBytes: (count) => platform.randomBytes(count),
  };
}
