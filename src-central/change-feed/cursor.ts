/**
 * A cursor names an epoch, the last transaction that was passed whole, and the run of PostgreSQL that it was given out
 * in: `<epoch>.<xid>.<run>`. Desks keep it as it is and never look inside.
 *
 * The run tells a cursor of a lost future, whatever has been written since: where files were put back, the ids that
 * follow are given a second time, but in another run.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';

/** Before everything. */
const START = '0';

export interface FeedPosition {
  /** A transaction id, digits. */
  xid: string;
  /** Null of a cursor from before runs were named. */
  run: string | null;
}

export function cursorOf(epoch: string, { xid, run }: FeedPosition): string {
  return run === null ? `${epoch}.${xid}` : `${epoch}.${xid}.${run}`;
}

/** @throws AppError EPOCH_CHANGED for a cursor of another database's life; MALFORMED for what is none. */
export function positionOfCursor(cursor: string, epoch: string): FeedPosition {
  if (cursor === '') return { xid: START, run: null };
  const match = /^([0-9a-f-]{36})\.(\d{1,20})(?:\.([0-9a-f]{6}))?$/.exec(cursor);
  if (!match) {
    throw new AppError({ code: 'MALFORMED', retry: 'never', fields: [{ path: 'cursor', reason: 'no cursor' }] });
  }
  const [, of, xid = START, run = null] = match;
  if (of !== epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
  return { xid, run };
}

/** The transaction id in a cursor, digits. @throws as above. */
export function xidOfCursor(cursor: string, epoch: string): string {
  return positionOfCursor(cursor, epoch).xid;
}
