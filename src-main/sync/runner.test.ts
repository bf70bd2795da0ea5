import { afterEach, describe, expect, test } from 'vitest';
import { manualScheduler } from '../../test/support/manual-scheduler.ts';
import { BLOCKED_RETRY_MS, STEP_STALL_MS } from './limits.ts';
import { startRunner, type Next, type Runner, type RunnerOptions } from './runner.ts';

const most = (count: number): Uint8Array => new Uint8Array(count).fill(255);
const running: Runner[] = [];
afterEach(() => running.splice(0));

function runner(step: RunnerOptions['step'], onFailure: RunnerOptions['onFailure'] = () => 'retry') {
  const scheduler = manualScheduler();
  const started = startRunner({ name: 'test', step, onFailure, scheduler, random: most });
  running.push(started);
  return { scheduler, runner: started };
}

describe('a runner', () => {
  test('repeats its step when the step says so, and sooner when woken', async () => {
    let steps = 0;
    const { scheduler, runner: it } = runner(async () => {
      steps += 1;
      return { afterMs: 1_000 };
    });
    await scheduler.advance(0);
    expect(steps).toBe(1);
    await scheduler.advance(1_000);
    expect(steps).toBe(2);
    it.wake();
    await scheduler.advance(0);
    expect(steps).toBe(3);
  });

  test('does not lose a wake that comes during a step', async () => {
    let steps = 0;
    let finish = (): void => {};
    const { scheduler, runner: it } = runner(async () => {
      steps += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { afterMs: 60_000 };
    });
    await scheduler.advance(0);
    it.wake();
    it.wake();
    expect(steps).toBe(1);
    finish();
    await scheduler.advance(0);
    expect(steps).toBe(2);
  });

  test('backs off after failures: wakes do not hurry it, the return of the line does', async () => {
    let steps = 0;
    const { scheduler, runner: it } = runner(async () => {
      steps += 1;
      throw new Error('down');
    });
    await scheduler.advance(100_000);
    const before = steps;
    for (let wake = 0; wake < 100; wake += 1) it.wake();
    await scheduler.advance(0);
    expect(steps).toBe(before);
    it.retryNow();
    await scheduler.advance(0);
    expect(steps).toBe(before + 1);
    // Forgotten failures: the next wait is the first one again.
    expect(scheduler.nextInMs()).toBe(250);
  });

  test('tries once more when that was asked for during a step that then failed', async () => {
    let steps = 0;
    let fail = (): void => {};
    const { scheduler, runner: it } = runner(
      async () => {
        steps += 1;
        await new Promise<void>((_, reject) => {
          fail = () => reject(new Error('not served'));
        });
        return 'again';
      },
      () => 'blocked',
    );
    await scheduler.advance(0);
    const attempted = it.attempted();
    it.retryNow();
    fail();
    await scheduler.advance(0);
    expect(steps).toBe(2);
    fail();
    await attempted;
    await scheduler.advance(0);
    expect(steps).toBe(2);
    expect(scheduler.nextInMs()).toBe(BLOCKED_RETRY_MS);
  });

  test('is in no hurry when only a person can help', async () => {
    const { scheduler } = runner(
      async () => {
        throw new Error('revoked');
      },
      () => 'blocked',
    );
    await scheduler.advance(0);
    expect(scheduler.nextInMs()).toBe(BLOCKED_RETRY_MS);
  });

  test('tells who waits for an attempt when one that began later has ended, well or not', async () => {
    const finish: (() => void)[] = [];
    const { scheduler, runner: it } = runner(async () => {
      await new Promise<void>((resolve) => finish.push(resolve));
      throw new Error('down');
    });
    await scheduler.advance(0);
    let told = false;
    void it.attempted().then(() => (told = true));
    finish[0]?.();
    await scheduler.advance(0);
    expect(told).toBe(false);
    it.retryNow();
    await scheduler.advance(0);
    finish[1]?.();
    await scheduler.advance(0);
    expect(told).toBe(true);
  });

  test('that hangs is noticed and started anew, and its old step can no longer plan anything', async () => {
    let steps = 0;
    const finish: ((next: Next) => void)[] = [];
    const signals: AbortSignal[] = [];
    const { scheduler, runner: it } = runner((signal) => {
      steps += 1;
      signals.push(signal);
      return new Promise<Next>((resolve) => finish.push(resolve));
    });
    await scheduler.advance(STEP_STALL_MS);
    expect(it.stall()).toBeUndefined();
    await scheduler.advance(1);
    expect(it.stall()).toMatchObject({ reason: 'hangs' });
    it.restart();
    await scheduler.advance(0);
    expect(steps).toBe(2);
    expect(signals[0]?.aborted).toBe(true);
    finish[0]?.('again');
    await scheduler.advance(1_000);
    expect(steps).toBe(2);
    expect(it.stall()).toBeUndefined();
  });

  test('that was stopped waits for its step and does nothing more', async () => {
    let steps = 0;
    let ended = false;
    const { scheduler, runner: it } = runner(
      (signal) =>
        new Promise<Next>((resolve) => {
          steps += 1;
          signal.addEventListener('abort', () => {
            ended = true;
            resolve('again');
          });
        }),
    );
    await scheduler.advance(0);
    await it.stop();
    expect(ended).toBe(true);
    it.wake();
    it.retryNow();
    await scheduler.advance(100_000);
    expect(steps).toBe(1);
    await it.attempted();
  });
});
