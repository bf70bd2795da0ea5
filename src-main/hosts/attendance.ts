/** Whether somebody works at the desk just now: what can wait waits for a pause of theirs. */
import type { Platform } from '../platform.ts';
import { ATTENDED_MS } from './limits.ts';

export interface Attendance {
  /** The same services; whoever asks one of them works here. */
  noting<S extends object>(services: S): S;
  isAttended(): boolean;
}

export function createAttendance(platform: Pick<Platform, 'monotonicNow'>): Attendance {
  let askedAt = -Infinity;
  return {
    noting: (services) =>
      new Proxy(services, {
        get: (of, name, receiver): unknown => {
          askedAt = platform.monotonicNow();
          return Reflect.get(of, name, receiver);
        },
      }),
    isAttended: () => platform.monotonicNow() - askedAt < ATTENDED_MS,
  };
}
