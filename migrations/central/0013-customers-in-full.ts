/** What more is known of a customer, and what those on terms owe. */
import type { Migration } from '../migration.ts';

export const customersInFull: Migration = {
  name: '0013-customers-in-full',
  sql: `
-- What more a customer's row says (src-shared/domain/customer.ts); null: nothing.
alter table customer add column more jsonb;
-- Null where nobody has to look at what the customer owes.
alter table sales_order add column credit_review boolean check (credit_review);
-- Null where nobody has to confirm what it was taken by.
alter table sales_order add column old_facts boolean check (old_facts);
alter table sales_order add column paid_minor bigint;
create index sales_order_customer on sales_order (customer_id);

-- One for every customer on terms: the sum over their orders in that currency (src-shared/domain/credit.ts).
create table customer_account (
  customer_id uuid primary key references customer,
  currency text not null,
  on_order_minor bigint not null,
  -- Days with what is to be paid until each.
  due jsonb not null,
  rev bigint not null
);
`,
};
