/** What prices an order besides the lists: groups, tiers, promotions, tax, and what the house has decided. */
import type { Migration } from '../migration.ts';

export const pricesInFull: Migration = {
  name: '0011-prices-in-full',
  sql: `
create table customer_group (
  group_id uuid primary key,
  code text not null,
  name text not null,
  rev bigint not null default 1
);
create unique index customer_group_code on customer_group (lower(code));

-- Null in every new column: nothing is said of it, and the row that desks get has no such field.
alter table product add column tax_basis_points integer check (tax_basis_points between 0 and 10000);
-- Thousandths of the base unit.
alter table product add column minimum_base bigint check (minimum_base > 0);
alter table product add column multiple_base bigint check (multiple_base > 0);
alter table customer add column group_id uuid references customer_group;
alter table price_list add column group_id uuid references customer_group;
alter table price_list add column tax_included boolean;
drop index price_list_base;
create unique index price_list_base on price_list ((customer_id is null)) where customer_id is null and group_id is null;
-- A list is one customer's, one group's or everybody's.
alter table price_list add constraint price_list_of_one check (customer_id is null or group_id is null);
-- Thousandths of the price's unit.
alter table price add column min_quantity bigint check (min_quantity > 0);
alter table price drop constraint price_price_list_id_product_id_unit_valid_from_key;
create unique index price_tier on price (price_list_id, product_id, unit, valid_from, (coalesce(min_quantity, 0)));

alter table sales_order add column tax_minor bigint;
-- What more a line says than the columns do (src-shared/domain/order.ts): the price's story, discounts, tax.
alter table sales_order_line add column more jsonb;

-- Whole, as desks get it: only the rulebook looks into one.
create table promotion (
  promotion_id uuid primary key,
  code text not null,
  document jsonb not null,
  rev bigint not null default 1
);
create unique index promotion_code on promotion (lower(code));

create table policy (
  name text primary key,
  document jsonb not null,
  rev bigint not null default 1
);

-- Nodes remember them with the catalogue.
create trigger promotion_moves_version after insert or update or delete or truncate on promotion
  for each statement execute function move_catalogue_version();
create trigger policy_moves_version after insert or update or delete or truncate on policy
  for each statement execute function move_catalogue_version();
`,
};
