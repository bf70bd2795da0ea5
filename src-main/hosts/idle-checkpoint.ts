/** A checkpoint inside a commit is what a person would feel; in an idle moment nobody does. */
import type { Store } from '../store/store.ts';
import type { Scheduler } from '../sync/scheduler.ts';
import type { DeskLog } from './desk-log.ts';
import { CHECKPOINT_AFTER_IDLE_MS } from './limits.ts';

export interface IdleCheckpoint {
  /** Something was written. */
  touch(): void;
  close(): void;
}

export function createIdleCheckpoint(store: Store, scheduler: Scheduler, log: DeskLog): IdleCheckpoint {
  let cancel: (() => void) | undefined;
  const checkpoint = (): void => {
    try {
      store.checkpointWhenIdle();
    } catch (error) {
      log.warn('the checkpoint failed; the next commit past the backstop makes one', error);
    }
  };
  return {
    touch: () => {
      cancel?.();
      cancel = scheduler.after(CHECKPOINT_AFTER_IDLE_MS, checkpoint);
    },
    close: () => cancel?.(),
  };
}
