/** A running exchange with central; there is none until the desk is enrolled. */
import type { SyncLine } from '../sync/sync-line.ts';
import type { SyncLoop } from '../sync/sync-loop.ts';

export interface Exchange {
  line: SyncLine;
  loop: SyncLoop;
}
