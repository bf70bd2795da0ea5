/** Every row of central's knows its scope, so that a scope can leave, and a row that moves leaves no ghost. */
import type { Migration } from '../migration.ts';

const TABLES = ['branch', 'product', 'customer', 'price_list', 'price', 'stock', 'sales_order', 'receipt'];

export const scopes: Migration = {
  name: '0002-scopes',
  sql: `
-- What this desk may see. A scope that was taken away is 'leaving' until its rows are gone, under a name of no scope.
create table scope (
  scope_id integer primary key autoincrement,
  name text not null unique,
  state text not null check (state in ('filling', 'joined', 'leaving'))
) strict;

-- Central's word on which scopes this desk has; rows of the feed like any other.
create table scope_grant (
  scope text primary key, rev integer not null, scope_id integer not null
) strict, without rowid;

${TABLES.map((table) => `alter table ${table} add column scope_id integer not null default 0;`).join('\n')}
create index sales_order_scope on sales_order (scope_id);

-- A file from before: which scope its rows are of can be read off them, so nothing has to be fetched anew.
insert or ignore into scope (name, state)
select 'catalogue', 'joined' from meta where key = 'replica.cursor'
union all select 'branch:' || json_extract(value, '$.branch.branchId'), 'joined' from meta where key = 'enrolment'
union all select 'device:' || json_extract(value, '$.deviceId'), 'joined' from meta where key = 'enrolment'
union all select distinct 'orders:' || branch_id || ':' || substr(business_date, 1, 7), 'joined' from sales_order;

update branch set scope_id = (select scope_id from scope where name = 'catalogue');
update product set scope_id = (select scope_id from scope where name = 'catalogue');
update customer set scope_id = (select scope_id from scope where name like 'branch:%');
update stock set scope_id = (select scope_id from scope where name like 'branch:%');
update price_list set scope_id = (
  select scope_id from scope
  where case when price_list.customer_id is null then name = 'catalogue' else name like 'branch:%' end);
update price set scope_id = (
  select l.scope_id from price_list l where l.price_list_id = price.price_list_id)
where price_list_id in (select price_list_id from price_list);
update sales_order set scope_id = (
  select scope_id from scope where name = 'orders:' || branch_id || ':' || substr(business_date, 1, 7));
update receipt set scope_id = (select scope_id from scope where name like 'device:%');
`,
};
