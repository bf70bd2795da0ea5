/** What more is known of a customer, and what those on terms owe. */
import type { Migration } from '../migration.ts';

export const customersInFull: Migration = {
  name: '0013-customers-in-full',
  sql: `
-- What more a customer's row says (src-shared/domain/customer.ts), as JSON; null: nothing.
alter table customer add column more text;
-- 1 where somebody has to look at what the customer owes; null else.
alter table sales_order add column credit_review integer;
alter table sales_order add column old_facts integer;
alter table sales_order add column paid_minor integer;

-- Of customers on terms. Minor units; \`due\` is a JSON list of days with what is to be paid until each.
create table customer_account (
  customer_id text primary key,
  currency text not null,
  on_order_minor integer not null,
  due text not null,
  rev integer not null,
  scope_id integer not null default 0
) strict, without rowid;

-- What this desk's own intents add to what central says the customer owes: minor units of the order's currency.
alter table local_order add column claim_minor integer not null default 0;

-- Open orders by where they stand, the newest first: of a replica's orders the few that are.
create index sales_order_open on sales_order (state, made_at, order_id, customer_id, business_date, number)
  where status = 'placed';
`,
};
