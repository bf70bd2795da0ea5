/** What restoring is made from. */
import type { Migration } from '../../migrations/migration.ts';
import type { Platform } from '../platform.ts';
import type { DeskFolder } from '../safety/desk-folder.ts';

/** Where a restoring has come to; a test ends the process at each. */
export type RestoreStep =
  | 'found'
  | 'marked'
  | 'setAside'
  | 'baseCopied'
  | 'broughtOver'
  | 'salvageListed'
  | 'built'
  | 'named'
  | 'done';

export interface RestoreParts {
  folder: DeskFolder;
  platform: Platform;
  warn: (text: string, error?: unknown) => void;
  at: (step: RestoreStep) => void;
  migrations: readonly Migration[];
}
