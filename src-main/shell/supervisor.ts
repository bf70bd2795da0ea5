/**
 * Owns the local server: starts it, starts it again when it ends by itself, and ends it in order.
 *
 * Guarantees: at most one local server runs at a time; after a crash the next one is started, at once the first time
 * and with growing pauses when crashes go on; `stop` resolves only when the process is gone. A local server that says
 * it cannot start is not started again until somebody asks for it. Knows nothing of Electron: the process, the clock
 * and the timer are given, so that the test is their master.
 */
import {
  RESTART_FIRST_DELAY_MS,
  RESTART_FORGIVEN_AFTER_MS,
  RESTART_LAST_DELAY_MS,
  STOP_DEADLINE_MS,
} from './limits.ts';
import type { FromLocalServer } from './process-messages.ts';

/** A local server's process as its supervisor sees it. */
export interface SupervisedProcess<Port> {
  /** Hands over one end of a channel; the other is a window's. */
  serve(port: Port): void;
  askToStop(): void;
  kill(): void;
}

export interface SupervisorParts<Port> {
  /** Starts a process; its words and its end come through `on`. */
  spawn(on: { message: (message: FromLocalServer) => void; exit: (code: number) => void }): SupervisedProcess<Port>;
  monotonicNow(): number;
  /** Runs it after the delay; returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
  onReady(): void;
  /** It ended without being asked to, and is about to be started again. */
  onCrash(of: { code: number; restartInMs: number }): void;
  onCannotStart(reason: string): void;
}

export interface Supervisor<Port> {
  /** False while no local server is ready; the port stays the caller's then. */
  serve(port: Port): boolean;
  /** After `onCannotStart`: tries once more. */
  retry(): void;
  stop(): Promise<void>;
}

export function startSupervisor<Port>(parts: SupervisorParts<Port>): Supervisor<Port> {
  let current: SupervisedProcess<Port> | undefined;
  let state: 'starting' | 'ready' | 'waiting' | 'cannot-start' | 'stopping' | 'stopped' = 'starting';
  let startedAt = 0;
  let crashes = 0;
  let retryAtExit = false;
  let cancelRestart = (): void => {};
  let resolveStopped = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });

  const start = (): void => {
    state = 'starting';
    retryAtExit = false;
    startedAt = parts.monotonicNow();
    current = parts.spawn({ message: onMessage, exit: onExit });
  };

  const onMessage = (message: FromLocalServer): void => {
    if (state !== 'starting') return;
    if (message.kind === 'ready') {
      state = 'ready';
      parts.onReady();
    } else {
      state = 'cannot-start';
      parts.onCannotStart(message.reason);
    }
  };

  const onExit = (code: number): void => {
    current = undefined;
    if (state === 'stopping') {
      state = 'stopped';
      resolveStopped();
    }
    if (state === 'cannot-start' && retryAtExit) start();
    else if (state === 'starting' || state === 'ready') restart(code);
  };

  const restart = (code: number): void => {
    if (parts.monotonicNow() - startedAt >= RESTART_FORGIVEN_AFTER_MS) crashes = 0;
    const restartInMs =
      crashes === 0 ? 0 : Math.min(RESTART_LAST_DELAY_MS, RESTART_FIRST_DELAY_MS * 2 ** (crashes - 1));
    crashes += 1;
    state = 'waiting';
    parts.onCrash({ code, restartInMs });
    cancelRestart = parts.after(restartInMs, start);
  };

  start();
  return {
    serve: (port) => {
      if (state !== 'ready' || !current) return false;
      current.serve(port);
      return true;
    },
    retry: () => {
      if (state !== 'cannot-start') return;
      // The one that said so may still be on its way out, with the file in its hands.
      if (current) retryAtExit = true;
      else start();
    },
    stop: () => {
      if (state === 'stopping' || state === 'stopped') return stopped;
      cancelRestart();
      state = 'stopping';
      if (!current) {
        onExit(0);
        return stopped;
      }
      const ending = current;
      ending.askToStop();
      const cancelKill = parts.after(STOP_DEADLINE_MS, () => ending.kill());
      return stopped.finally(cancelKill);
    },
  };
}
