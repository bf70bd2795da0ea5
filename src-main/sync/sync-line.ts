/** What one step of the sync loop needs: the file, the line, and by what name this desk speaks on it. */
import type { IncarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Store } from '../store/store.ts';
import type { CentralTransport } from './central-transport.ts';

export interface SyncLine {
  store: Store;
  transport: CentralTransport;
  token: string;
  incarnationId: IncarnationId;
  /** The life of the central database that this file was filled from. */
  epoch: string;
  /** Unix milliseconds by this machine's clock. */
  now: () => number;
}

/** @throws AppError EPOCH_CHANGED: positions and receipts of another life must not be mixed with what is here. */
export function assertEpoch(line: SyncLine, epoch: string): void {
  if (epoch !== line.epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
}
