/** The desk file's migrations, in order. */
import type { Migration } from '../migration.ts';
import { firstStorey } from './0001-first-storey.ts';
import { scopes } from './0002-scopes.ts';
import { fills } from './0003-fills.ts';
import { checks } from './0004-checks.ts';
import { stuckLanes } from './0005-stuck-lanes.ts';
import { lives } from './0006-lives.ts';
import { stockLeases } from './0008-stock-leases.ts';
import { unprovenReceipts } from './0009-unproven-receipts.ts';
import { indexesKept } from './0010-indexes-kept.ts';
import { pricesInFull } from './0011-prices-in-full.ts';
import { orderSteps } from './0012-order-steps.ts';
import { customersInFull } from './0013-customers-in-full.ts';
import { businessDays } from './0014-business-days.ts';

export const REPLICA_MIGRATIONS: readonly Migration[] = [
  firstStorey,
  scopes,
  fills,
  checks,
  stuckLanes,
  lives,
  stockLeases,
  unprovenReceipts,
  indexesKept,
  pricesInFull,
  orderSteps,
  customersInFull,
  businessDays,
];
