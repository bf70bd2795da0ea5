/**
 * What keeps this desk's orders on its own disk: copies, checks, the reserve for a full disk, and the word to whoever
 * can start the local server again when the file is damaged.
 */
import type { DeskServices } from '../api/desk-services.ts';
import type { SafetyServices } from '../api/safety-services.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Platform } from '../platform.ts';
import { acknowledgeNotice, readNotice } from '../restore/notice.ts';
import { wantRestore } from '../restore/restore-desk.ts';
import { deskFolder } from '../safety/desk-folder.ts';
import { RESERVE_LOOK_MS } from '../safety/limits.ts';
import { createReserve, type Reserve } from '../safety/reserve.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import type { Store } from '../store/store.ts';
import { endpointMethods, type CentralTransport, type TransportCall } from '../sync/central-transport.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import type { DeskLog } from './desk-log.ts';
import { startKeeper, type Keeper } from './keeper.ts';

export interface SafeguardParts {
  dataDir: string;
  store: Store;
  platform: Platform;
  scheduler: Scheduler;
  log: DeskLog;
  /** The keeper's thread; left out, no copies are made, nothing is checked and no reserve is kept. */
  keeperThread: string | URL | undefined;
  timeZone: () => string | undefined;
  isFilled: () => boolean;
  announce: () => void;
  /** The file can't be trusted any more; the next start of the local server restores it. */
  onDamaged: (detail: string) => void;
}

export interface Safeguards {
  service: SafetyServices;
  /** Something of the desk's own was written. */
  touch(): void;
  /** A person's commands, which may use up the reserve when the disk is full. */
  withReserve(orders: DeskServices['orders']): DeskServices['orders'];
  /** A line that fetches nothing while the reserve is being used: it is for orders. */
  sparing(transport: CentralTransport): CentralTransport;
  /** To be awaited before the store is closed. */
  close(): Promise<void>;
}

const CHECKED_AT = 'safety.thoroughCheckAt';

export function createSafeguards(parts: SafeguardParts): Safeguards {
  const { dataDir, store, platform, log, announce, keeperThread } = parts;
  const folder = deskFolder(dataDir);
  let isDamaged = false;
  store.onDamage((detail) => {
    isDamaged = true;
    log.warn(`the file is damaged: ${detail}`);
    try {
      wantRestore({ folder, platform }, detail);
    } catch (error) {
      log.warn('the next start will have to find the damage again', error);
    }
    parts.onDamaged(detail);
  });
  const reserve = keeperThread === undefined ? undefined : keepReserve(parts, createReserve(folder.reserve));
  const keeper = keeperThread === undefined ? undefined : keeperOf(parts, keeperThread);
  const service: SafetyServices = {
    status: () => ({
      ...(keeper?.status() ?? { ordersCopy: null, wholeCopy: null, copyProblem: null, check: null }),
      usingReserve: reserve?.isUsed() ?? false,
      notice: readNotice(store),
    }),
    acknowledge: (noticeId) => {
      acknowledgeNotice(store, noticeId);
      announce();
      return service.status();
    },
  };
  return {
    service,
    touch: () => keeper?.touch(),
    withReserve: (orders) => (reserve ? reserved(orders, reserve) : orders),
    sparing: (transport) => (reserve ? sparingLine(transport, () => reserve.isUsed()) : transport),
    close: async () => {
      reserve?.close();
      await keeper?.close({ isDamaged });
    },
  };
}

function keeperOf(parts: SafeguardParts, thread: string | URL): Keeper {
  const { store, log } = parts;
  const checkedAt = Number(readMeta(store, CHECKED_AT) ?? NaN);
  return startKeeper({
    ...parts,
    thread,
    lastThoroughCheckAt: Number.isFinite(checkedAt) ? checkedAt : null,
    onThoroughCheck: (at) => {
      try {
        store.transaction((tx) => writeMeta(store, tx, { key: CHECKED_AT, value: String(at) }));
      } catch (error) {
        log.warn('when the file was checked could not be written down', error);
      }
    },
    onDamage: (problems) => store.declareDamaged(problems.join('; ')),
    onChange: parts.announce,
  });
}

interface KeptReserve {
  /** @returns whether it is worth trying again. */
  use(): boolean;
  isUsed(): boolean;
  close(): void;
}

function keepReserve({ scheduler, log, announce }: SafeguardParts, reserve: Reserve): KeptReserve {
  let used = false;
  let cancel = (): void => {};
  const look = (): void => {
    cancel = scheduler.after(RESERVE_LOOK_MS, look);
    if (!reserve.keep() || !used) return;
    used = false;
    log.info('there is room on the disk again');
    announce();
  };
  look();
  return {
    use: () => {
      if (!reserve.release()) return false;
      used = true;
      log.warn('the disk is full: the reserve is being used');
      announce();
      return true;
    },
    isUsed: () => used,
    close: () => cancel(),
  };
}

/** Nothing of a command that failed is there, so it can be given again as it was. */
function reserved(orders: DeskServices['orders'], reserve: KeptReserve): DeskServices['orders'] {
  const saved = <T>(command: () => T): T => {
    try {
      return command();
    } catch (error) {
      if (!(error instanceof AppError) || error.data.code !== 'DISK_FULL' || !reserve.use()) throw error;
      return command();
    }
  };
  return {
    ...orders,
    place: (input, language) => saved(() => orders.place(input, language)),
    amend: (input, language) => saved(() => orders.amend(input, language)),
    cancel: (input, language) => saved(() => orders.cancel(input, language)),
    approve: (input, language) => saved(() => orders.approve(input, language)),
  };
}

/** What brings rows, and no verdict that a person waits for. */
const INTAKE: ReadonlySet<string> = new Set(['pull', 'fillOpen', 'fillChunk']);

function sparingLine(transport: CentralTransport, isFull: () => boolean): CentralTransport {
  return {
    ...endpointMethods(ENDPOINTS, async (name, request, call) => {
      if (INTAKE.has(name) && isFull()) throw new AppError({ code: 'DISK_FULL', retry: 'later' });
      const ask = transport[name] as (request: unknown, call: Partial<TransportCall>) => Promise<unknown>;
      return ask.call(transport, request, call);
    }),
    openPoke: (call) => transport.openPoke(call),
  };
}
