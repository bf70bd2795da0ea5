/**
 * The next order number of this file. Numbers that other orders are seen under here are passed over: a copy of the file
 * may have given them before it knew that it is one, and central would refuse them the second time
 * (docs/decisions/0009-lives-and-incarnations.md). Of numbers that are not to be seen here it knows nothing.
 */
import { formatOrderNumber } from '../../src-shared/domain/order-number.ts';
import { sql } from 'kysely';
import { orderCounter } from '../identity/incarnation.ts';
import type { DeskIdentity } from '../identity/identity.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';

const statements = perStore((store: Store) => ({
  next: store.command<{ name: string }, { value: number }>(
    (_, p) => sql<{ value: number }>`insert into counter (name, value) values (${p.name}, 1)
      on conflict (name) do update set value = value + 1 returning value`,
  ),
  taken: store.query<{ number: string }, { known: number }>(
    (_, p) => sql<{ known: number }>`select 1 as known from sales_order where number = ${p.number}`,
  ),
}));

export function nextNumber(store: Store, tx: WriteTx, desk: DeskIdentity): string {
  const { incarnationCode, branch } = desk;
  const { next, taken } = statements(store);
  for (;;) {
    const running = next.get(tx, { name: orderCounter(incarnationCode) })?.value;
    if (running === undefined) throw new Error('orders: no running number');
    const number = formatOrderNumber({ branchCode: branch.code, incarnationCode, running });
    if (!taken.get({ number })) return number;
  }
}
