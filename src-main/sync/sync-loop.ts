/**
 * Keeps this desk and central together for as long as the program runs: sends what waits, fetches what is new, fills
 * what is missing, holds the poke stream open.
 *
 * Guarantees: sending and fetching go on side by side, neither waits for the other; whatever fails is tried again, for
 * ever, and is never taken for a refusal; when the line comes back, the poke stream's next attempt finds it (every
 * `PROBE_LAST_MS` at the latest) and everything goes on at once; a part that makes no progress though it should is
 * started anew, with its reason in the log. Not guaranteed: any order between lanes.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';
import { HEARTBEAT_DEAD_AFTER_MS, HEARTBEAT_INTERVAL_MS, SLOW_POLL_MS } from '../../src-shared/protocol/limits.ts';
import type { AppliedPage } from '../replica/apply-page.ts';
import type { ChunkApplied, MoveWal } from '../fill/apply-chunk.ts';
import { fetchLeftOut } from '../fill/left-out.ts';
import { createPace } from '../fill/pace.ts';
import type { ReadChunk } from '../fill/read-chunk.ts';
import { isFilling } from '../replica/filling.ts';
import { isAllMerged } from '../replica/search/search-index.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { owesReceipts } from '../outbox/owed-receipts.ts';
import { reofferSent } from '../outbox/sending.ts';
import { isBlocked, isLineDown, unreachable } from './central-failure.ts';
import {
  FILL_CHECK_MS,
  LINE_BACK_GAP_MS,
  MERGE_CHECK_MS,
  OUTBOX_CHECK_MS,
  PROBE_LAST_MS,
  PUSH_STEP_MS,
  QUIET_POLL_MS,
  REOFFER_EVERY_MS,
} from './limits.ts';
import { createBetweenPulls } from './between-pulls.ts';
import type { LinkWatch } from './link-watch.ts';
import { beginFill, fillOnce, refill } from './fill-once.ts';
import { pullOnce, type Pulled } from './pull-once.ts';
import { createPullPace } from './pull-pace.ts';
import { pushOnce } from './push-once.ts';
import { startRunner, type Next, type Runner } from './runner.ts';
import type { Scheduler } from './scheduler.ts';
import type { SendingHold } from './sending-hold.ts';
import type { SyncLine } from './sync-line.ts';
import { startWatchdog, type Stall } from './watchdog.ts';

export interface SyncLoopOptions {
  line: SyncLine;
  link: LinkWatch;
  scheduler: Scheduler;
  random: (count: number) => Uint8Array;
  /** Whether a person holds sending back; `wakePush` when not any more. */
  hold: Pick<SendingHold, 'held'>;
  /** A page was taken in. */
  onPulled: (page: AppliedPage) => void;
  /** A chunk of a fill was taken in. */
  onFilled: (applied: ChunkApplied) => void;
  readChunk: ReadChunk;
  moveWal?: MoveWal | undefined;
  /** Whether somebody works at the desk just now; nobody ever does where it is left out. */
  isAttended?: (() => boolean) | undefined;
  /** Rows of one transaction of a fill at most; the limits' where it is left out. */
  sliceRows?: number | undefined;
  /** Outcomes were noted. */
  onPushed: () => void;
  /** For the log: what was odd, and what was done about it. */
  warn: (text: string, error?: unknown) => void;
}

export interface SyncLoop {
  /** Something was written down that central must hear of. */
  wakePush(): void;
  /** To be told when the link changes to online. */
  lineBack(): void;
  /** Tries everything at once; resolves when one push and one pull have been tried since. */
  attempt(): Promise<void>;
  /** Pulls and fills until there is no more. @throws AppError of the request that failed. */
  catchUp(): Promise<void>;
  /** Whether a pull has said that there is more than it brought. */
  catchingUp(): boolean;
  /** Since when central's feed is held back by a writer that does not end, by this machine's clock; null when not. */
  feedHeldSince(): number | null;
  /** Runs `work` while no page comes in: the cursor stands still. Fails when the loop is stopped before. */
  betweenPulls<T>(work: () => Promise<T>): Promise<T>;
  /** What stands still though it should not, and since when; null when all goes on. */
  stall(): Stall | null;
  stop(): Promise<void>;
}

export function startSyncLoop(options: SyncLoopOptions): SyncLoop {
  const { line, link, scheduler, random, warn } = options;
  fetchLeftOut(line.store);
  /** It is not known what became of what was sent by then, by this machine's clock. */
  let unsureUpTo: number | undefined = Number.MAX_SAFE_INTEGER;
  let reofferedAt = -Infinity;
  let catchingUp = true;
  let feedHeldSince: number | null = null;
  let pullFailure: unknown;
  let fillFailure: unknown;
  /** Since when central owes receipts and has brought none. */
  let owedSince: number | undefined;
  /** Whether the poke stream lives. */
  let listening = false;
  let stopped = false;
  let lastBackAt = -Infinity;

  /** What each runner fails at, so that the log has it once and not every ten seconds. */
  const failing = new Map<string, string>();
  const onFailure = (name: string) => (error: unknown) => {
    const data = error instanceof AppError ? error.data : undefined;
    const fault = data?.code ?? String(error);
    const ofTheLine = data !== undefined && isLineDown(data);
    if (!ofTheLine && failing.get(name) !== fault) warn(`sync: ${name} failed and is tried again`, error);
    failing.set(name, fault);
    return data !== undefined && isBlocked(data) ? ('blocked' as const) : ('retry' as const);
  };
  const onRequestFailure = (name: string) => (error: unknown) => {
    // A page that can't be taken in is no fault of the line, but it is why the desk stands still.
    if (error instanceof AppError) link.requestFailed(error.data);
    return onFailure(name)(error);
  };
  const common = { scheduler, random };
  const between = createBetweenPulls();
  const fetching = createPullPace({ scheduler, listening: () => listening, wake: () => pull.wake() });
  const push: Runner = startRunner({
    ...common,
    name: 'push',
    onFailure: (error) => {
      unsureUpTo = line.now();
      return onRequestFailure('push')(error);
    },
    step: async (signal, _well, alive): Promise<Next> => {
      if (options.hold.held()) return { afterMs: OUTBOX_CHECK_MS };
      const now = scheduler.monotonicNow();
      const sentUpTo = now - reofferedAt > REOFFER_EVERY_MS ? Number.MAX_SAFE_INTEGER : unsureUpTo;
      if (sentUpTo !== undefined) {
        reofferSent(line.store, { sentUpTo, nowMs: line.now() });
        reofferedAt = now;
      }
      unsureUpTo = undefined;
      const offered = await pushOnce(line, {
        signal,
        goOn: (more) => {
          alive();
          fetching.sending(more);
          fetching.receiptsDue();
          options.onPushed();
          return !options.hold.held() && scheduler.monotonicNow() - now < PUSH_STEP_MS;
        },
      }).finally(() => fetching.sending(false));
      failing.delete('push');
      const waiting = offered > 0 || outboxStatus(line.store).waiting > 0;
      if (!waiting) return { afterMs: SLOW_POLL_MS };
      fetching.receiptsDue();
      return offered > 0 ? 'again' : { afterMs: OUTBOX_CHECK_MS };
    },
  });
  const pull: Runner = startRunner({
    ...common,
    name: 'pull',
    onFailure: (error) => {
      pullFailure = error;
      return onRequestFailure('pull')(error);
    },
    step: async (signal, _well, alive): Promise<Next> => {
      await between.run();
      fetching.began();
      const { applied, more, heldBackMs } = await pullOrRefill(line, signal, alive);
      if (isFilling(line.store)) fill.wake();
      pullFailure = undefined;
      failing.delete('pull');
      catchingUp = more;
      feedHeldSince = heldBackMs === undefined ? null : line.now() - heldBackMs;
      options.onPulled(applied);
      if (applied.received > 0) owedSince = undefined;
      // With receipts, what was held may go now.
      if (applied.topics.includes('sync')) push.wake();
      return more ? 'again' : { afterMs: listening ? QUIET_POLL_MS : SLOW_POLL_MS };
    },
  });
  const poke: Runner = startRunner({
    ...common,
    name: 'poke',
    backoffLastMs: PROBE_LAST_MS,
    // A stream is meant to last: its heartbeats say whether it lives.
    stallMs: Infinity,
    onFailure: (error) => {
      // A pull may have been put off for as long as the stream lives.
      if (listening) pull.wake();
      listening = false;
      // What swallowed the heartbeats has swallowed the answers, too: no need to wait for their deadlines.
      const quiet = isSilence(error)
        ? [push, pull].filter((runner) => runner.restartIfQuiet(HEARTBEAT_INTERVAL_MS))
        : [];
      if (error instanceof AppError) {
        link.streamFailed(error.data);
        // A request that was given up as unanswered says of the line what its deadline would have said.
        if (quiet.length > 0) link.requestFailed(error.data);
      }
      // Is it the stream or the line? A request tells.
      if (link.report().link === 'online') pull.wake();
      return onFailure('poke')(error);
    },
    step: (signal, well) =>
      followPokes({ line, link, scheduler, signal }, () => {
        well();
        // A new stream after one that broke: what was asked before on the same line may have been lost with it.
        if (!listening) for (const runner of [push, pull]) runner.restartIfQuiet(HEARTBEAT_INTERVAL_MS);
        listening = true;
        failing.delete('poke');
        fetching.poked();
      }),
  });
  const pace = createPace({
    now: () => scheduler.monotonicNow(),
    pause: nextTurn,
    mostRows: options.sliceRows,
    isAttended: options.isAttended,
  });
  const fill: Runner = startRunner({
    ...common,
    name: 'fill',
    onFailure: (error) => {
      fillFailure = error;
      return onRequestFailure('fill')(error);
    },
    step: async (signal): Promise<Next> => {
      const { readChunk, moveWal, onFilled } = options;
      const chunks = await fillOnce(line, { pace, readChunk, moveWal, onApplied: onFilled, signal });
      fillFailure = undefined;
      failing.delete('fill');
      // What is filled joins with a pull that is asked for now.
      if (chunks > 0) pull.wake();
      if (chunks > 0) return 'again';
      return { afterMs: isAllMerged(line.store) ? FILL_CHECK_MS : MERGE_CHECK_MS };
    },
  });
  const runners = [push, pull, fill, poke];
  const watchdog = startWatchdog({
    runners,
    scheduler,
    warn,
    receiptsDueSince: () => {
      // Only of a central that is there can it be said that it owes something.
      const owes = link.report().link === 'online' && owesReceipts(line.store);
      owedSince = owes ? (owedSince ?? scheduler.monotonicNow()) : undefined;
      return owedSince;
    },
    askForReceipts: () => {
      unsureUpTo = line.now();
      push.retryNow();
      pull.retryNow();
    },
  });

  const retryAll = (): void => {
    for (const runner of runners) runner.retryNow();
  };
  return {
    wakePush: () => push.wake(),
    lineBack: () => {
      // Where one kind of request gets through and another doesn't, the line seems to come back with every answer.
      const now = scheduler.monotonicNow();
      if (now - lastBackAt < LINE_BACK_GAP_MS) return;
      lastBackAt = now;
      // What is sent from here on goes over the line that is back: a long queue is not offered twice for it.
      unsureUpTo = line.now();
      retryAll();
    },
    attempt: async () => {
      const attempted = Promise.all([push.attempted(), pull.attempted()]);
      retryAll();
      await attempted;
    },
    catchUp: async () => {
      for (;;) {
        const attempted = pull.attempted();
        pull.retryNow();
        await attempted;
        if (stopped) throw new AppError({ code: 'DESK_RESTARTING', retry: 'later' });
        if (pullFailure !== undefined) throw pullFailure;
        if (isFilling(line.store)) {
          const filled = fill.attempted();
          fill.retryNow();
          await filled;
          if (fillFailure !== undefined) throw fillFailure;
        } else if (!catchingUp) return;
      }
    },
    catchingUp: () => catchingUp,
    feedHeldSince: () => feedHeldSince,
    betweenPulls: (work) => {
      const done = between.add(work);
      pull.retryNow();
      return done;
    },
    stall: () => watchdog.stall(),
    stop: async () => {
      stopped = true;
      between.close();
      fetching.close();
      watchdog.stop();
      await Promise.all(runners.map((runner) => runner.stop()));
    },
  };
}

/** A desk without a position begins with a fill, and so does one whose position is too old. */
async function pullOrRefill(line: SyncLine, signal: AbortSignal, alive: () => void): Promise<Pulled> {
  await beginFill(line, signal);
  try {
    return await pullOnce(line, signal, alive);
  } catch (error) {
    if (!(error instanceof AppError) || error.data.code !== 'REFILL_REQUIRED') throw error;
    await refill(line, signal);
    return pullOnce(line, signal, alive);
  }
}

/** What came in meanwhile, a keystroke or a request, is answered first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isSilence(error: unknown): boolean {
  if (!(error instanceof AppError) || error.data.code !== 'CENTRAL_UNREACHABLE') return false;
  return error.data.reason === ('no heartbeat' satisfies LineReason);
}

interface Following {
  line: SyncLine;
  link: LinkWatch;
  scheduler: Scheduler;
  signal: AbortSignal;
}

/** Reads the poke stream until it breaks, which is how it always ends. `onPoke` also hears of the first heartbeat. */
async function followPokes({ line, link, scheduler, signal }: Following, onPoke: () => void): Promise<Next> {
  const silence = new AbortController();
  const listen = (): (() => void) => scheduler.after(HEARTBEAT_DEAD_AFTER_MS, () => silence.abort());
  let stopListening = listen();
  let first = true;
  try {
    const both = AbortSignal.any([signal, silence.signal]);
    for await (const message of line.transport.openPoke({ token: line.token, signal: both })) {
      stopListening();
      stopListening = listen();
      link.heardHeartbeat();
      // While there was no stream, pokes were missed.
      if (first || message.type === 'poke') onPoke();
      first = false;
    }
    throw unreachable('broken off');
  } catch (error) {
    throw silence.signal.aborted ? unreachable('no heartbeat', error) : error;
  } finally {
    stopListening();
  }
}
