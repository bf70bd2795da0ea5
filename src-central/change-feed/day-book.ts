/** The orders of one business day of a branch, as they were at a position of the feed. */
import { sql } from 'kysely';
import { dayBookOf } from '../../src-shared/domain/day-book.ts';
import { addDigest, digestHex } from '../../src-shared/protocol/digest.ts';
import type { DayBookResponse } from '../../src-shared/protocol/day-book.ts';
import { MAX_DAY_ORDERS } from '../../src-shared/protocol/limits.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { assertWhole, latestRows, ROW_HASH } from './digest-rows.ts';

type DayOrders = Pick<DayBookResponse, 'book' | 'digest' | 'orders'>;
type OrderRow = Omit<NonNullable<DayBookResponse['orders']>[number], 'digest'> & { hash: string };

/**
 * @param of.scope the orders of the day's month.
 * @throws AppError CENTRAL_BUSY of a position whose state compaction has taken apart.
 */
export async function readDayBook(
  tx: CentralTransaction,
  of: { xid: string; scope: Scope; day: string },
): Promise<DayOrders> {
  await assertWhole(tx, of.xid);
  const { rows } = await sql<OrderRow>`
    select key as "orderId", row_json ->> 'number' as number, row_json ->> 'status' as status,
      row_json ->> 'currency' as currency, (row_json ->> 'totalMinor')::bigint as "totalMinor", ${ROW_HASH}::text as hash
    from ${latestRows({ xid: of.xid, scope: of.scope, kind: 'order' })} latest
    where op = 'put' and row_json ->> 'businessDate' = ${of.day}
    order by key
  `.execute(tx);
  const sum = rows.reduce((before, { hash }) => addDigest(before, BigInt(hash)), 0n);
  const named = rows.map(({ hash, ...order }) => ({ ...order, digest: digestHex(BigInt(hash)) }));
  return {
    book: dayBookOf(rows),
    digest: digestHex(sum),
    orders: named.length > MAX_DAY_ORDERS ? null : named,
  };
}
