/**
 * Opens the desk's file whatever has become of it: sound, behind its own copies, damaged, gone.
 *
 * Guarantees: what it returns has every mutation that this file, its WAL or a recent copy holds whole; a file that was
 * not closed in order is read through before anybody can order; a copy is made before a migration runs. It changes
 * nothing of a file that it finds damaged (restore-desk.ts).
 */
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import type { Migration } from '../../migrations/migration.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Platform } from '../platform.ts';
import { deskFolder, listCopies } from '../safety/desk-folder.ts';
import { lockFile, type FileLock } from '../store/file-lock.ts';
import { openLocked } from '../store/open-store.ts';
import { translateSqliteError } from '../store/sqlite-errors.ts';
import type { Store } from '../store/store.ts';
import { catchUpWithCopies, isBehindCopy } from './catch-up.ts';
import { copyBeforeMigrating } from './copy-before-migrating.ts';
import { faultOf, keepWalTail, markerOf } from './find-fault.ts';
import { readMarker } from './marker.ts';
import type { RestoreParts } from './parts.ts';
import { restoreDesk } from './restore-desk.ts';

export interface OpenDeskFile {
  dataDir: string;
  platform: Platform;
  warn: (text: string, error?: unknown) => void;
  at?: RestoreParts['at'];
  migrations?: readonly Migration[];
}

/** A file that was restored and is damaged once more: the second time is the disk's last chance. */
const ATTEMPTS = 3;

/** @throws AppError STORE_IN_USE, DISK_FULL, UPGRADE_REQUIRED; STORE_DAMAGED where restoring does not help. */
export async function openDeskFile(options: OpenDeskFile): Promise<Store> {
  const { dataDir, platform, warn, at = () => {}, migrations = REPLICA_MIGRATIONS } = options;
  const parts: RestoreParts = { folder: deskFolder(dataDir), platform, warn, at, migrations };
  let lock: FileLock | undefined;
  try {
    lock = lockFile(parts.folder.file);
    for (let attempt = 1; ; attempt += 1) {
      const wanted = readMarker(parts.folder) ?? faultOf(parts);
      if (wanted) {
        warn(`restore: ${wanted.detail}`);
        restoreDesk(parts, wanted);
      }
      try {
        return await openSound(parts, lock);
      } catch (fault) {
        const error = translateSqliteError(fault);
        if (!isDamage(error) || attempt === ATTEMPTS) throw error;
        warn('restore: the file could not be opened', error);
        restoreDesk(parts, markerOf(parts, 'damaged', error.data.detail));
      }
    }
  } catch (error) {
    lock?.release();
    throw translateSqliteError(error);
  }
}

async function openSound(parts: RestoreParts, lock: FileLock): Promise<Store> {
  const { folder, platform, migrations } = parts;
  // Before SQLite opens it: it forgets what lies behind a break.
  const tail = keepWalTail(parts);
  await copyBeforeMigrating(parts);
  let opened = false;
  // Until it is the caller's, the lock is not the store's to give up.
  const kept: FileLock = { release: () => opened && lock.release() };
  const store = openLocked(folder.file, kept, { platform, migrations });
  try {
    const [newest] = listCopies(folder);
    const behind = newest !== undefined && isBehindCopy(parts, newest.path);
    if (behind || tail.length > 0) catchUpWithCopies(parts, store, tail);
    opened = true;
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

function isDamage(error: unknown): error is AppError & { data: { code: 'STORE_DAMAGED' } } {
  return error instanceof AppError && error.data.code === 'STORE_DAMAGED';
}
