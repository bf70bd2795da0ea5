/** What prices an order besides the lists: groups, tiers, promotions, tax, and what the house has decided. */
import type { Migration } from '../migration.ts';

export const pricesInFull: Migration = {
  name: '0011-prices-in-full',
  sql: `
-- Null in every new column: central said nothing of it, and nothing is what its row has there.
alter table product add column tax_basis_points integer;
-- Thousandths of the base unit.
alter table product add column minimum_base integer;
alter table product add column multiple_base integer;
alter table customer add column group_id text;
alter table price_list add column group_id text;
alter table price_list add column tax_included integer;
-- Thousandths of the price's unit.
alter table price add column min_quantity integer;
alter table sales_order add column tax_minor integer;

create table customer_group (
  group_id text primary key,
  code text not null,
  name text not null,
  rev integer not null,
  scope_id integer not null default 0
) strict, without rowid;

-- Whole as central's row has it, and beside it what the few that run are found by.
create table promotion (
  promotion_id text primary key,
  valid_from text not null,
  valid_to text,
  active integer not null check (active in (0, 1)),
  content text not null,
  rev integer not null,
  scope_id integer not null default 0
) strict, without rowid;

create table policy (
  name text primary key,
  content text not null,
  rev integer not null,
  scope_id integer not null default 0
) strict, without rowid;
`,
};
