/**
 * The supervisor with a process, a clock and a timer that the test holds. Goal: whatever order the ends, words and
 * wishes come in, there is one local server at most, and one again after each crash.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  RESTART_FIRST_DELAY_MS,
  RESTART_FORGIVEN_AFTER_MS,
  RESTART_LAST_DELAY_MS,
  STOP_DEADLINE_MS,
} from './limits.ts';
import type { FromLocalServer } from './process-messages.ts';
import { startSupervisor, type Supervisor } from './supervisor.ts';

interface Spawned {
  say(message: FromLocalServer): void;
  end(code: number): void;
  ports: string[];
  asked: boolean;
  killed: boolean;
}

let spawned: Spawned[] = [];
let alive = 0;
let timers: { atMs: number; run: () => void }[] = [];
let nowMs = 0;
let heard: string[] = [];

beforeEach(() => {
  [spawned, alive, timers, nowMs, heard] = [[], 0, [], 0, []];
});

function begin(): Supervisor<string> {
  return startSupervisor<string>({
    spawn: (on) => {
      alive += 1;
      expect(alive).toBe(1);
      const own: Spawned = {
        say: (message) => on.message(message),
        end: (code) => {
          alive -= 1;
          on.exit(code);
        },
        ports: [],
        asked: false,
        killed: false,
      };
      spawned.push(own);
      return {
        serve: (port) => own.ports.push(port),
        askToStop: () => (own.asked = true),
        kill: () => (own.killed = true),
      };
    },
    monotonicNow: () => nowMs,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
    onReady: () => heard.push('ready'),
    onCrash: ({ code, restartInMs }) => heard.push(`crash ${code}, again in ${restartInMs}`),
    onCannotStart: (reason) => heard.push(`cannot start: ${reason}`),
  });
}

function pass(ms: number): void {
  nowMs += ms;
  const due = timers.filter((timer) => timer.atMs <= nowMs);
  timers = timers.filter((timer) => timer.atMs > nowMs);
  for (const timer of due) timer.run();
}

function last(): Spawned {
  const found = spawned.at(-1);
  if (!found) throw new Error('nothing was spawned');
  return found;
}

describe('a running local server', () => {
  test('is given ports once it is ready, and none before', () => {
    const supervisor = begin();
    expect(supervisor.serve('early')).toBe(false);
    last().say({ kind: 'ready' });
    expect(supervisor.serve('first')).toBe(true);
    expect(last().ports).toEqual(['first']);
  });

  test('that crashes is started again at once, then with growing pauses up to the longest', () => {
    begin();
    const pauses = Array.from({ length: 9 }, () => {
      last().end(139);
      const pause = Number(heard.at(-1)?.split(' ').at(-1));
      pass(pause);
      return pause;
    });
    expect(pauses.slice(0, 4)).toEqual([
      0,
      RESTART_FIRST_DELAY_MS,
      RESTART_FIRST_DELAY_MS * 2,
      RESTART_FIRST_DELAY_MS * 4,
    ]);
    expect(pauses.at(-1)).toBe(RESTART_LAST_DELAY_MS);
    expect(spawned).toHaveLength(10);
  });

  test('that ran long enough is started again at once, however often that was', () => {
    begin();
    for (let turn = 0; turn < 3; turn += 1) {
      last().say({ kind: 'ready' });
      pass(RESTART_FORGIVEN_AFTER_MS);
      last().end(1);
      expect(heard.at(-1)).toBe('crash 1, again in 0');
      pass(0);
    }
  });

  test('gets no port between its crash and the next one being ready', () => {
    const supervisor = begin();
    last().say({ kind: 'ready' });
    last().end(9);
    expect(supervisor.serve('between')).toBe(false);
    pass(0);
    expect(supervisor.serve('starting')).toBe(false);
    last().say({ kind: 'ready' });
    expect(supervisor.serve('after')).toBe(true);
    expect(last().ports).toEqual(['after']);
  });
});

describe('a local server that cannot start', () => {
  test('is not started again until somebody asks for it', () => {
    const supervisor = begin();
    last().say({ kind: 'cannot-start', reason: 'the disk is full' });
    last().end(1);
    pass(RESTART_FORGIVEN_AFTER_MS);
    expect(spawned).toHaveLength(1);
    expect(heard).toEqual(['cannot start: the disk is full']);
    supervisor.retry();
    expect(spawned).toHaveLength(2);
    last().say({ kind: 'ready' });
    expect(supervisor.serve('port')).toBe(true);
  });

  test('is waited for before the one that was asked for takes the file', () => {
    const supervisor = begin();
    last().say({ kind: 'cannot-start', reason: 'damaged' });
    supervisor.retry();
    expect(spawned).toHaveLength(1);
    last().end(1);
    expect(spawned).toHaveLength(2);
  });
});

describe('stopping', () => {
  test('asks, waits for the end, and starts no other', async () => {
    const supervisor = begin();
    last().say({ kind: 'ready' });
    let done = false;
    const stopped = supervisor.stop().then(() => (done = true));
    await Promise.resolve();
    expect([last().asked, last().killed, done]).toEqual([true, false, false]);
    last().end(0);
    await stopped;
    pass(STOP_DEADLINE_MS);
    expect([spawned.length, last().killed, heard]).toEqual([1, false, ['ready']]);
  });

  test('kills a local server that does not end in time', async () => {
    const supervisor = begin();
    last().say({ kind: 'ready' });
    const stopped = supervisor.stop();
    pass(STOP_DEADLINE_MS);
    expect(last().killed).toBe(true);
    last().end(9);
    await stopped;
  });

  test('in the pause after a crash cancels the restart', async () => {
    const supervisor = begin();
    last().end(1);
    await supervisor.stop();
    pass(RESTART_LAST_DELAY_MS);
    expect(spawned).toHaveLength(1);
  });

  test('twice is stopping once', async () => {
    const supervisor = begin();
    const both = [supervisor.stop(), supervisor.stop()];
    last().end(0);
    await Promise.all(both);
  });
});
