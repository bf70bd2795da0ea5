/** What a desk found wrong in its own rows, for those at central who look after desks. Sent until it is answered. */
import { z } from 'zod';
import { MAX_ALARM_ROWS, MAX_REPORTED_ALARMS } from './limits.ts';

/**
 * `rows`: rows were other than central's. `tooMany`: so many that the scope fills anew. `search`: what finds rows did
 * not agree with them.
 */
export const deskAlarmWhat = z.enum(['rows', 'tooMany', 'search']);

export const deskAlarm = z.object({
  /** Made by the desk: the same alarm reported again is known by it. */
  alarmId: z.uuid(),
  what: deskAlarmWhat,
  /** Unix milliseconds by central's clock as far as the desk knows it. */
  at: z.int(),
  /** A kind of rows (change.ts). */
  kind: z.string().max(40),
  scope: z.string().max(120),
  /** How many rows there were of it; the first few are named. */
  count: z.int().nonnegative(),
  rows: z
    .array(z.object({ key: z.string().max(200), fault: z.enum(['missing', 'extra', 'different']) }))
    .max(MAX_ALARM_ROWS),
  /** Whether they are mended, which was looked at again afterwards. */
  mended: z.boolean(),
});
export type DeskAlarm = z.infer<typeof deskAlarm>;

export const reportRequest = z.object({
  protocol: z.int(),
  alarms: z.array(deskAlarm).min(1).max(MAX_REPORTED_ALARMS),
});
export type ReportRequest = z.infer<typeof reportRequest>;

/** The alarms that central has now. */
export const reportResponse = z.object({ epoch: z.string(), alarmIds: z.array(z.string()) });
export type ReportResponse = z.infer<typeof reportResponse>;
