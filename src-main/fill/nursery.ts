/**
 * Bounds the young part of this thread's heap while a fill runs. V8 doubles it whenever as much has outlived a collection
 * as it holds, up to 128 MB, and a fill's rows outlive some: twelve times what is kept of them at a time. A bound can only
 * be given when a process starts; but V8 looks up by how much it is to grow each time, and that can be said at any time.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { NURSERY_BYTES } from './limits.ts';

/** What V8 does by itself. */
const GROWS_TWOFOLD = '--semi-space-growth-factor=2';
const GROWS_NOT = '--semi-space-growth-factor=1';

/** To be called again and again while much is allocated. It is said to all threads of the process. */
export function boundNursery(): void {
  const nursery = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  setFlagsFromString((nursery?.space_size ?? 0) >= NURSERY_BYTES ? GROWS_NOT : GROWS_TWOFOLD);
}

export function unboundNursery(): void {
  setFlagsFromString(GROWS_TWOFOLD);
}
