/**
 * A cursor names an epoch and the last transaction that was passed whole: `<epoch>.<xid>`. Desks keep it as it is and
 * never look inside.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';

/** Before everything. */
const START = '0';

export function cursorOf(epoch: string, xid: string): string {
  return `${epoch}.${xid}`;
}

/**
 * The transaction id in a cursor, digits.
 *
 * @throws AppError EPOCH_CHANGED for a cursor of another database's life; MALFORMED for what is none.
 */
export function xidOfCursor(cursor: string, epoch: string): string {
  if (cursor === '') return START;
  const match = /^([0-9a-f-]{36})\.(\d{1,20})$/.exec(cursor);
  if (!match) {
    throw new AppError({ code: 'MALFORMED', retry: 'never', fields: [{ path: 'cursor', reason: 'no cursor' }] });
  }
  const [, of, xid = START] = match;
  if (of !== epoch) throw new AppError({ code: 'EPOCH_CHANGED', retry: 'never', epoch });
  return xid;
}
