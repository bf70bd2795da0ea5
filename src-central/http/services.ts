/** What central's routes work with: made once by central.ts. */
import type { FeedWatcher } from '../change-feed/watcher.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Epoch } from '../identity/epoch.ts';
import type { Metrics } from '../metrics.ts';
import type { CatalogueMemory } from '../mutations/catalogue-memory.ts';
import type { PokeStreams } from './poke-streams.ts';

export interface CentralServices {
  db: CentralDb;
  epoch: Epoch;
  watcher: FeedWatcher;
  streams: PokeStreams;
  metrics: Metrics;
  catalogue: CatalogueMemory;
}
