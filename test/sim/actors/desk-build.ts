/** Which program runs on a desk: today's, or one that was kept when its protocol was left behind. */
import type { DeskServices } from '../../../src-main/api/desk-services.ts';
import type { AttentionItem } from '../../../src-main/api/sync-services.ts';
import { startLocalServer, type LocalServerOptions } from '../../../src-main/hosts/local-server.ts';
import { AppError, appErrorData } from '../../../src-shared/protocol/app-error.ts';
import { keptDesks } from '../../support/kept-desk.ts';
import { loadKeptServer } from '../../support/load-kept-server.ts';

export interface RunningDesk {
  services: DeskServices;
  close(): Promise<void>;
}

export interface DeskBuild {
  protocol: number | 'today';
  start(options: LocalServerOptions): Promise<RunningDesk>;
}

export const TODAY: DeskBuild = { protocol: 'today', start: startLocalServer };

/** The oldest that is kept, loaded into this process: under the actor's clock, timers, disk and line like any other. */
export async function oldestKeptBuild(): Promise<DeskBuild> {
  const [protocol] = keptDesks();
  if (protocol === undefined) throw new Error('no desk of an earlier version is kept');
  const kept = (await loadKeptServer(protocol)) as { startLocalServer: DeskBuild['start'] };
  return {
    protocol,
    start: async (options) => {
      try {
        const server = await kept.startLocalServer(options);
        return { services: asToday(server.services), close: () => server.close() };
      } catch (error) {
        throw todaysError(error);
      }
    },
  };
}

/**
 * Its services under today's names. What is not there is what it means in that version: no number changes by itself, so
 * no notice is shown and nothing is dismissed; nothing says what a held mutation waits for.
 */
function asToday(kept: DeskServices): DeskServices {
  const attention: DeskServices['attention'] = {
    list: (language) =>
      kept.attention
        .list(language)
        .map((item): AttentionItem => Object.assign(item, { notice: false, waitsFor: [], heldSince: null })),
    dismiss: () => undefined,
  };
  const orders: DeskServices['orders'] = {
    ...kept.orders,
    get: (orderId, language) => ({ ...kept.orders.get(orderId, language), notices: [], actions: [] }),
  };
  return Object.fromEntries(
    Object.entries({ ...kept, attention, orders }).map(([name, service]) => [name, withTodaysErrors(service)]),
  ) as unknown as DeskServices;
}

/** Its errors are of its own copy of the class; what they say is on the wire, too, and the same. */
function todaysError(error: unknown): unknown {
  const data = error instanceof Error && error.name === 'AppError' ? (error as AppError).data : undefined;
  const read = appErrorData.safeParse(data);
  return read.success ? new AppError(read.data, { cause: error }) : error;
}

type Call = (...given: unknown[]) => unknown;

function withTodaysErrors(service: object): object {
  const calls = Object.entries(service).map(([name, call]: [string, unknown]) => [
    name,
    typeof call === 'function' ? (...given: unknown[]) => translated(() => (call as Call)(...given)) : call,
  ]);
  return Object.fromEntries(calls) as object;
}

function translated(work: () => unknown): unknown {
  try {
    const answer = work();
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      throw todaysError(error);
    });
  } catch (error) {
    throw todaysError(error);
  }
}
