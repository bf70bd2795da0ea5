/** The copies as a restoring uses them: what each has of the desk's own, and which can take the file's place. */
import { constants, copyFileSync, rmSync, statfsSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { BESIDE, listCopies, type Copy } from '../safety/desk-folder.ts';
import { checkFile } from '../safety/check-file.ts';
import { COPIES_READ_MOST, COPIES_TRUSTED_MS, RESTORE_SPARE_BYTES } from './limits.ts';
import type { OwnRows } from './own-rows.ts';
import type { RestoreParts } from './parts.ts';
import { readCopy } from './read-copy.ts';

export interface ReadCopy {
  copy: Copy;
  rows: OwnRows;
}

/**
 * The newest copies that can be read, newest first. Not all that there are: what an old one has waiting may have been
 * settled and forgotten since.
 */
export function readCopies({ folder, warn }: RestoreParts): ReadCopy[] {
  const read: ReadCopy[] = [];
  for (const copy of listCopies(folder)) {
    const newest = read[0]?.copy.at ?? copy.at;
    if (newest - copy.at > COPIES_TRUSTED_MS || read.length >= COPIES_READ_MOST) break;
    try {
      read.push({ copy, rows: readCopy(copy.path) });
    } catch (error) {
      warn(`restore: the copy ${copy.path} can't be read`, error);
    }
  }
  return read;
}

/** Puts the newest whole copy that is sound, and fits on the disk, at `path`. */
export function placeBase(parts: RestoreParts, path: string): Copy | undefined {
  const { folder, warn } = parts;
  for (const copy of listCopies(folder).filter(({ kind }) => kind === 'whole')) {
    try {
      clear(path);
      const { bavail, bsize } = statfsSync(folder.root);
      if (bavail * bsize < copy.bytes + RESTORE_SPARE_BYTES) throw new Error('there is no room for it');
      if (!isOfThisBuild(parts, copy.path)) throw new Error('it is of another build');
      copyFileSync(copy.path, path, constants.COPYFILE_FICLONE);
      const problems = checkFile({ file: path, how: 'quick' });
      if (problems.length > 0) throw new Error(problems.join('; '));
      return copy;
    } catch (error) {
      warn(`restore: the copy ${copy.path} can't take the file's place`, error);
    }
  }
  clear(path);
  return undefined;
}

export function clear(path: string): void {
  for (const beside of ['', ...BESIDE]) rmSync(path + beside, { force: true });
}

/** An older one will be migrated; one of a newer build can't be. */
function isOfThisBuild({ migrations }: RestoreParts, path: string): boolean {
  const known = new Set(migrations.map(({ name }) => name));
  const sqlite = new SqliteDatabase(path, { readonly: true });
  try {
    const ran = sqlite.prepare<[], string>('select name from migration').pluck().all();
    return ran.every((name) => known.has(name));
  } finally {
    sqlite.close();
  }
}
