/** The names under which faults are counted when they have struck; a full run must have hit each often enough. */
import { REQUEST_FAULTS } from './network/message-faults.ts';

/** Hit once in several seeds: in a run that is long enough for it they must have been hit as often as the others. */
export const RARE_FAULTS: readonly string[] = [
  'desk file gone back in time',
  'desk cloned',
  'profile moved',
  'desk of the previous version',
  'desk updated',
  'desk killed while it migrated',
];

export const EVERY_FAULT: readonly string[] = [
  ...REQUEST_FAULTS,
  'message overtaken',
  'line cut',
  'line cut for a while',
  'one-way partition',
  'one-way partition begins',
  'desk killed',
  'desk killed at a commit',
  'central killed',
  'central stopped',
  'database connections die',
  'database connection broken after a statement',
  'clock jump',
  'disk full',
  'prices change',
  'customer moved between branches',
  'branch granted',
  'branch revoked',
  'lease granted',
  'lease renewed',
  'lease expired',
  'lease taken back by name',
  'user switched',
  'user deactivated',
  ...RARE_FAULTS,
];
