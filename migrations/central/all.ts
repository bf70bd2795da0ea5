/** Central's migrations, in order. */
import type { Migration } from '../migration.ts';
import { firstStorey } from './0001-first-storey.ts';
import { catalogueVersion } from './0002-catalogue-version.ts';
import { scopes } from './0003-scopes.ts';
import { digestAndCompaction } from './0005-digest-and-compaction.ts';
import { officeActs } from './0006-office-acts.ts';
import { livesAndEpochs } from './0007-lives-and-epochs.ts';
import { stockLeases } from './0008-stock-leases.ts';
import { serverRuns } from './0009-server-runs.ts';
import { contestedCodes } from './0010-contested-codes.ts';
import { pricesInFull } from './0011-prices-in-full.ts';
import { orderSteps } from './0012-order-steps.ts';
import { customersInFull } from './0013-customers-in-full.ts';
import { audit } from './0014-audit.ts';
import { orderPresence } from './0015-order-presence.ts';
import { feedRebuilt } from './0016-feed-rebuilt.ts';

export const CENTRAL_MIGRATIONS: readonly Migration[] = [
  firstStorey,
  catalogueVersion,
  scopes,
  digestAndCompaction,
  officeActs,
  livesAndEpochs,
  stockLeases,
  serverRuns,
  contestedCodes,
  pricesInFull,
  orderSteps,
  customersInFull,
  audit,
  orderPresence,
  feedRebuilt,
];
