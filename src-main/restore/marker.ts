/**
 * A restoring that is wanted or under way, on the disk: whatever happens in between, the next start goes on with it.
 *
 * `wanted`: damage was found while the desk ran. `aside`: the old file is being set aside. `building`: it lies aside;
 * a desk.sqlite that is there now is the new one, finished.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../safety/durable-files.ts';
import type { DeskFolder } from '../safety/desk-folder.ts';

const marker = z.object({
  phase: z.enum(['wanted', 'aside', 'building']),
  stamp: z.string().regex(/^[\dTZ-]{20,30}$/),
  reason: z.enum(['damaged', 'missing']),
  /** For the log and for whoever looks into it. */
  detail: z.string(),
});
export type RestoreMarker = z.infer<typeof marker>;

export function readMarker({ marker: path }: DeskFolder): RestoreMarker | undefined {
  try {
    return marker.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Garbled as well: the file is looked at as at any start, and what lies aside stays there.
    removeDurably(path);
    return undefined;
  }
}

export function writeMarker(folder: DeskFolder, of: RestoreMarker): void {
  writeDurably(folder.marker, JSON.stringify(of));
}

export function clearMarker(folder: DeskFolder): void {
  removeDurably(folder.marker);
}
