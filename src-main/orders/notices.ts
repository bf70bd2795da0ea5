/** What was done to an order without a person: shown until a person has seen it. */
import { errorIssue, type Issue } from '../../src-shared/domain/issue.ts';
import { sql } from 'kysely';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';

export interface OrderNotice {
  orderId: string;
  issue: Issue;
  madeAt: number;
}

interface NoticeRow {
  order_id: string;
  params: string;
  made_at: number;
}

const reading = perStore((store: StoreReader) => ({
  all: store.query<Record<string, never>, NoticeRow>((db) =>
    db.selectFrom('order_notice').select(['order_id', 'params', 'made_at']).orderBy('made_at'),
  ),
  one: store.query<{ orderId: string }, NoticeRow>((db, p) =>
    db.selectFrom('order_notice').select(['order_id', 'params', 'made_at']).where('order_id', '=', p.orderId),
  ),
}));

const writing = perStore((store: Store) => ({
  // A number that changes twice changed from the first one, as far as the customer knows.
  put: store.command<{ orderId: string; params: string; to: string; now: number }, never>(
    (_, p) => sql<never>`insert into order_notice (order_id, kind, params, made_at)
      values (${p.orderId}, 'numberChanged', ${p.params}, ${p.now})
      on conflict (order_id) do update set params = json_set(params, '$.to', ${p.to}), made_at = excluded.made_at`,
  ),
  dismiss: store.command<{ orderId: string }, never>((db, p) =>
    db.deleteFrom('order_notice').where('order_id', '=', p.orderId),
  ),
}));

export function noteNumberChange(
  store: Store,
  tx: WriteTx,
  of: { orderId: string; from: string; to: string; nowMs: number },
): void {
  const { orderId, from, to, nowMs: now } = of;
  writing(store).put.run(tx, { orderId, params: JSON.stringify({ from, to }), to, now });
}

/** Oldest first. */
export function readNotices(store: StoreReader): OrderNotice[] {
  return reading(store).all.all({}).map(noticeOf);
}

export function readNotice(store: StoreReader, orderId: string): OrderNotice | undefined {
  const row = reading(store).one.get({ orderId });
  return row && noticeOf(row);
}

/** @returns false when there was none. */
export function dismissNotice(store: Store, orderId: string): boolean {
  return store.transaction((tx) => writing(store).dismiss.run(tx, { orderId })) > 0;
}

function noticeOf(row: NoticeRow): OrderNotice {
  const params = JSON.parse(row.params) as Issue['params'];
  const issue: Issue = { ...errorIssue('order.numberChanged', ['number'], { params }), severity: 'warning' };
  return { orderId: row.order_id, issue, madeAt: row.made_at };
}
