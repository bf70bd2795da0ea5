/** What central's routes work with: made once by central.ts. */
import type { StallWatch } from '../change-feed/stall-watch.ts';
import type { FeedWatcher } from '../change-feed/watcher.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Epoch } from '../identity/epoch.ts';
import type { EpochKeeper } from '../identity/epoch-keeper.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';
import type { Metrics } from '../metrics.ts';
import type { CatalogueMemory } from '../mutations/catalogue-memory.ts';
import type { FillService } from '../snapshot/fill-service.ts';
import type { PokeStreams } from './poke-streams.ts';
import type { ServedVersions } from './sync/served-versions.ts';

export interface CentralServices {
  db: CentralDb;
  /** One object for as long as the node runs: what it says moves on when the database is found to have been set back. */
  epoch: Epoch;
  receiptKey: ReceiptKey;
  keeper: EpochKeeper;
  watcher: FeedWatcher;
  streams: PokeStreams;
  metrics: Metrics;
  /** Who holds the feed back, when somebody does. */
  stalls: StallWatch;
  catalogue: CatalogueMemory;
  served: ServedVersions;
  /** Mutations of a gathered push that are written at a time, where not the limits'. */
  sliceMutations: number | undefined;
  fills: FillService;
}
