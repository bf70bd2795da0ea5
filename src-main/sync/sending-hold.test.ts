/** Holding sending back: that it ends. */
import { expect, test } from 'vitest';
import { manualScheduler } from '../../test/support/manual-scheduler.ts';
import { HOLD_BACK_MS } from './limits.ts';
import { createSendingHold } from './sending-hold.ts';

function holdAt(line: { online: boolean }) {
  const scheduler = manualScheduler();
  let changes = 0;
  const hold = createSendingHold({
    scheduler,
    now: () => scheduler.monotonicNow(),
    isOnline: () => line.online,
    onChange: () => (changes += 1),
  });
  return { hold, scheduler, changes: () => changes };
}

test('a hold that is forgotten ends by itself, and says so', async () => {
  const { hold, scheduler, changes } = holdAt({ online: true });
  hold.begin();
  await scheduler.advance(HOLD_BACK_MS - 1);
  expect(hold.report()).toEqual({ since: 0, until: HOLD_BACK_MS });
  hold.begin();
  await scheduler.advance(1);
  expect(hold.held()).toBe(false);
  expect(hold.report()).toBeNull();
  expect(changes()).toBe(2);
});

test('while the line is cut no time runs; once it is back, it does, however often it breaks', async () => {
  const { hold, scheduler } = holdAt({ online: false });
  hold.begin();
  await scheduler.advance(10 * HOLD_BACK_MS);
  expect(hold.report()).toEqual({ since: 0, until: null });
  hold.lineBack();
  await scheduler.advance(HOLD_BACK_MS / 2);
  hold.lineBack();
  await scheduler.advance(HOLD_BACK_MS / 2);
  expect(hold.held()).toBe(false);
});

test('ended by hand it does not end the next one early', async () => {
  const { hold, scheduler } = holdAt({ online: true });
  hold.begin();
  await scheduler.advance(HOLD_BACK_MS - 1);
  hold.end();
  hold.begin();
  await scheduler.advance(HOLD_BACK_MS - 1);
  expect(hold.held()).toBe(true);
});
