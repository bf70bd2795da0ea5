/** Where an order stands on its way to central. It is not its business state. */
import { z } from 'zod';

export const syncState = z.enum([
  'local',
  'waiting',
  'sent',
  'held',
  'applied',
  'refused',
  'superseded',
  'quarantined',
]);
export type SyncState = z.infer<typeof syncState>;

/**
 * The line to central, from heartbeats and answers: `connecting` until the first answer; `offline` without one;
 * `blocked` when central answers but won't serve this desk (revoked, too old, signed with an unknown key).
 */
export const linkState = z.enum(['connecting', 'online', 'offline', 'blocked']);
export type LinkState = z.infer<typeof linkState>;
