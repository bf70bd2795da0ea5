/**
 * A local server that is closed and started again, in the same process, when its file is damaged: the start restores
 * it. Whoever calls in between is told to try again in a moment; nobody has to know of files.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { DeskServices } from '../api/desk-services.ts';
import { RENEW_RETRY_MS } from './limits.ts';
import { startLocalServer, type LocalServer, type LocalServerOptions } from './local-server.ts';

export interface RenewedServer extends LocalServer {
  /** Called when the server goes: streams that hang on it must be begun anew. */
  onRenewing(listener: () => void): void;
}

export async function startRenewedServer(options: Omit<LocalServerOptions, 'onDamaged'>): Promise<RenewedServer> {
  const listeners: (() => void)[] = [];
  let renewing: Promise<void> | undefined;
  const state = { closed: false };
  const start = (): Promise<LocalServer> =>
    startLocalServer({ ...options, onDamaged: () => (renewing ??= renew().finally(() => (renewing = undefined))) });

  const renew = async (): Promise<void> => {
    // Not in the middle of the statement that has found it.
    await new Promise((resolve) => setImmediate(resolve));
    for (const listener of listeners) listener();
    await current.close().catch((error: unknown) => current.log.warn('the damaged file did not close', error));
    while (!state.closed) {
      try {
        current = await start();
        return;
      } catch (error) {
        // A full disk, say: it may have room later, and the restoring goes on where it was.
        current.log.warn('the desk could not be started again yet', error);
        await new Promise((resolve) => setTimeout(resolve, RENEW_RETRY_MS));
      }
    }
  };
  let current = await start();
  return {
    get services(): DeskServices {
      if (renewing) throw new AppError({ code: 'DESK_RESTARTING', retry: 'later' });
      return current.services;
    },
    get log() {
      return current.log;
    },
    onRenewing: (listener) => void listeners.push(listener),
    close: async () => {
      state.closed = true;
      await renewing;
      await current.close();
    },
  };
}
