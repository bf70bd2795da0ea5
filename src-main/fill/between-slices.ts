/** Between two slices of a fill: whoever works at the desk is answered, and finds little that must be written first. */
import type { Store } from '../store/store.ts';
import { ATTENDED_SLICES } from './limits.ts';
import type { Pace } from './pace.ts';

export async function betweenSlices(store: Store, pace: Pace): Promise<void> {
  if (pace.isAttended() && store.gathered() >= ATTENDED_SLICES) store.commitGathered();
  await pace.pause();
}
