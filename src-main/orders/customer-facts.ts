/** What the rules need to know of a customer: from central's rows, and from what this desk's own intents add to them. */
import { sql } from 'kysely';
import type { CreditFacts } from '../../src-shared/domain/credit-rules.ts';
import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import type { CustomerId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { CustomerFacts } from '../../src-shared/domain/order-facts.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface CustomerRow {
  branch_id: string;
  active: number;
  group_id: string | null;
  more: string | null;
}

interface AccountRow {
  currency: string;
  on_order_minor: number;
  due: string;
}

const statements = perStore((store: StoreReader) => ({
  customer: store.query<{ id: string }, CustomerRow>((db, p) =>
    db.selectFrom('customer').select(['branch_id', 'active', 'group_id', 'more']).where('customer_id', '=', p.id),
  ),
  account: store.query<{ id: string }, AccountRow>((db, p) =>
    db.selectFrom('customer_account').select(['currency', 'on_order_minor', 'due']).where('customer_id', '=', p.id),
  ),
  claimed: store.query<{ id: string; currency: string }, { minor: number }>(
    (_, p) => sql<{ minor: number }>`select coalesce(sum(claim_minor), 0) as minor from local_order
      where customer_id = ${p.id} and currency = ${p.currency}`,
  ),
}));

/** What a customer's row says besides. */
export function parseMore(more: string | null): CustomerMore {
  return more === null ? {} : (JSON.parse(more) as CustomerMore);
}

export function readCustomer(store: StoreReader, id: CustomerId): CustomerFacts | undefined {
  const row = statements(store).customer.get({ id });
  if (!row) return undefined;
  const { terms, hold } = parseMore(row.more);
  return {
    customerId: id,
    branchId: row.branch_id as CustomerFacts['branchId'],
    active: row.active === 1,
    groupId: (row.group_id as CustomerFacts['groupId'] | null) ?? undefined,
    terms,
    hold,
  };
}

/** What central says the customer owes, with what this desk's own intents add to it; `undefined` while it is on its way. */
export function readAccount(store: StoreReader, id: CustomerId): CreditFacts['account'] | undefined {
  const row = statements(store).account.get({ id });
  if (!row) return undefined;
  return {
    currency: row.currency as Currency,
    onOrderMinor: row.on_order_minor + (statements(store).claimed.get({ id, currency: row.currency })?.minor ?? 0),
    due: JSON.parse(row.due) as CreditFacts['account']['due'],
  };
}
