import { expect, test } from 'vitest';
import { wallClockMs } from './wall-clock.ts';

test.each([
  ['2010-12-01T08:26', 'Asia/Shanghai', '2010-12-01T00:26:00Z'],
  ['2010-12-01T08:26', 'Europe/London', '2010-12-01T08:26:00Z'],
  ['2010-07-01T08:26', 'Europe/London', '2010-07-01T07:26:00Z'],
  // The clocks went forward at 01:00 that night: half past one was never shown.
  ['2010-03-28T01:30', 'Europe/London', '2010-03-28T01:30:00Z'],
  ['2010-03-28T02:30', 'Europe/London', '2010-03-28T01:30:00Z'],
])('%s on a wall in %s is %s', (text, zone, moment) => {
  expect(wallClockMs(text, zone)).toBe(Date.parse(moment));
});
