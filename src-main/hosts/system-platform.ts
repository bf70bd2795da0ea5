/** The machine that the program runs on. */
import { randomBytes } from 'node:crypto';
import type { Platform } from '../platform.ts';

export const systemPlatform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  randomBytes: (count) => randomBytes(count),
};
