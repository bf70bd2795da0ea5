/** When the loop fetches; time moves by hand. */
import { beforeEach, describe, expect, test } from 'vitest';
import { manualScheduler, type ManualScheduler } from '../../test/support/manual-scheduler.ts';
import { PULLS_APART_MS, RECEIPT_GRACE_MS } from './limits.ts';
import { createPullPace, type PullPace } from './pull-pace.ts';

let scheduler: ManualScheduler;
let listening: boolean;
let pulls: number;
let pace: PullPace;

beforeEach(() => {
  scheduler = manualScheduler();
  listening = true;
  pulls = 0;
  pace = createPullPace({
    scheduler,
    listening: () => listening,
    wake: () => {
      pulls += 1;
      pace.began();
    },
  });
});

describe('a pull', () => {
  test('follows a poke at once, and an answer only where no poke has come soon', async () => {
    pace.poked();
    expect(pulls).toBe(1);
    pace.receiptsDue();
    await scheduler.advance(RECEIPT_GRACE_MS - 1);
    pace.poked();
    await scheduler.advance(10 * RECEIPT_GRACE_MS);
    expect(pulls).toBe(2);
    pace.receiptsDue();
    await scheduler.advance(RECEIPT_GRACE_MS);
    expect(pulls).toBe(3);
  });

  test('follows an answer at once where there is no stream', () => {
    listening = false;
    pace.receiptsDue();
    expect(pulls).toBe(1);
  });

  test('keeps its distance from the last while a long queue is sent, and catches up when that has gone', async () => {
    pace.sending(true);
    for (let count = 0; count < 50; count += 1) {
      pace.poked();
      pace.receiptsDue();
      await scheduler.advance(PULLS_APART_MS / 10);
    }
    expect(pulls).toBeGreaterThanOrEqual(5);
    expect(pulls).toBeLessThanOrEqual(6);
    const before = pulls;
    pace.poked();
    pace.sending(false);
    expect(pulls).toBe(before + 1);
  });

  test('is not planned any more once it is closed', async () => {
    pace.receiptsDue();
    pace.close();
    await scheduler.advance(RECEIPT_GRACE_MS);
    expect(pulls).toBe(0);
  });
});
