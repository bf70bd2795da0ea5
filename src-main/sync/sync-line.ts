/** What one step of the sync loop needs: the file, the line, and by what name this desk speaks on it. */
import type { IncarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Store } from '../store/store.ts';
import type { BatchSize } from './batch-size.ts';
import type { CentralTransport } from './central-transport.ts';

export interface SyncLine {
  store: Store;
  transport: CentralTransport;
  token: string;
  /** By what name this file speaks. A hello may change it, and `epoch` (hello-once.ts). */
  incarnationId: IncarnationId;
  incarnationCode: string;
  /** The life of the central database that this file was filled from. */
  epoch: string;
  /** The life of this file that central knows of; undefined while it has to say hello first. */
  life?: string | undefined;
  /** Hash of the machine's own id; null where it has none. */
  machine: string | null;
  /** Told after central gave this file a new incarnation, or the desk began a new epoch. */
  onRenamed?: ((what: Renamed) => void) | undefined;
  /** Unix milliseconds by this machine's clock. */
  now: () => number;
  /** How much the line takes at a time; left out, as much as the protocol allows. */
  batchSize?: Pick<BatchSize, 'push' | 'pageBytes'>;
  /** Unix milliseconds by central's, as well as it is known here; left out, this machine's are taken for it. */
  centralNow?: () => number;
}

export interface Renamed {
  /** Why it got a new incarnation; undefined when it kept its own. */
  forked: string | undefined;
  /** Central was set back: this desk fills anew. */
  newEpoch: boolean;
}

/** @throws AppError EPOCH_CHANGED: positions and receipts of another life must not be mixed with what is here. */
export function assertEpoch(line: SyncLine, epoch: string): void {
  if (epoch !== line.epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
}
