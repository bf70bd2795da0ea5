/** The desk file's migrations, in order. */
import type { Migration } from '../migration.ts';
import { firstStorey } from './0001-first-storey.ts';
import { scopes } from './0002-scopes.ts';

export const REPLICA_MIGRATIONS: readonly Migration[] = [firstStorey, scopes];
