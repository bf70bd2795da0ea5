/**
 * Room that is kept for the moment when the disk is full: a file of random bytes, so that no file system can make it
 * small, given up at once when a person's order does not fit. It is made again when there is room.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RESERVE_AGAIN_AT, RESERVE_BYTES } from './limits.ts';

export interface Reserve {
  /** Gives the room up. @returns false when there was none to give. */
  release(): boolean;
  /** Makes it where it is not there and there is room. @returns whether it is there. */
  keep(): boolean;
  isKept(): boolean;
}

export function createReserve(path: string, bytes = RESERVE_BYTES): Reserve {
  const isKept = (): boolean => statSync(path, { throwIfNoEntry: false })?.size === bytes;
  const release = (): boolean => {
    const kept = statSync(path, { throwIfNoEntry: false }) !== undefined;
    rmSync(path, { force: true });
    return kept;
  };
  return {
    release,
    isKept,
    keep: () => {
      if (isKept()) return true;
      try {
        const { bavail, bsize } = statfsSync(dirname(path));
        if (bavail * bsize < bytes * RESERVE_AGAIN_AT) return false;
        fill(path, bytes);
        return isKept();
      } catch {
        // No room after all: half a reserve would be in the way of what it is for.
        release();
        return false;
      }
    },
  };
}

function fill(path: string, bytes: number): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    writeSync(fd, randomFillSync(Buffer.allocUnsafe(bytes)));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
