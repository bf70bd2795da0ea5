/** Central's migrations, in order. */
import type { Migration } from '../migration.ts';
import { firstStorey } from './0001-first-storey.ts';
import { catalogueVersion } from './0002-catalogue-version.ts';

export const CENTRAL_MIGRATIONS: readonly Migration[] = [firstStorey, catalogueVersion];
