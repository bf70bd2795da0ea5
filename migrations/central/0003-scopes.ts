/** Which scopes a desk has, orders in scopes of their months, and further branches that a desk may see. */
import type { Migration } from '../migration.ts';

export const scopes: Migration = {
  name: '0003-scopes',
  sql: `
-- How many months of a branch's orders its desks keep, the running one counted.
alter table branch add column order_months integer not null default 13 check (order_months between 1 and 120);

-- Branches besides its own that a desk may look at; it writes in its own only.
create table device_branch (
  device_id uuid not null references device,
  branch_id uuid not null references branch,
  granted_at timestamptz not null default now(),
  primary key (device_id, branch_id)
);

-- What each desk's token opens. A row that was taken back stays, because its rev must go on from there.
create table scope_grant (
  device_id uuid not null references device,
  scope text not null,
  active boolean not null,
  rev bigint not null,
  primary key (device_id, scope)
);

-- Orders were in the scope of their branch. No order was ever removed from it.
update change set scope = 'orders:' || substr(scope, 8) || ':' || left(row_json ->> 'businessDate', 7)
where kind = 'order' and scope like 'branch:%';
`,
};
