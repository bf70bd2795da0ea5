/** Central's migrations, in order. */
import type { Migration } from '../migration.ts';
import { firstStorey } from './0001-first-storey.ts';

export const CENTRAL_MIGRATIONS: readonly Migration[] = [firstStorey];
