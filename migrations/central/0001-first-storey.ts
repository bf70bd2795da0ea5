/** Central's first tables: who may speak, the catalogue, stock, orders, receipts and the change feed. */
import type { Migration } from '../migration.ts';

export const firstStorey: Migration = {
  name: '0001-first-storey',
  sql: `
-- The life of this database. A restored or promoted copy must not pass for it.
create table epoch (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null,
  system_identifier text not null,
  currency text not null,
  -- Where incarnation codes come from; never goes back.
  next_incarnation bigint not null default 0,
  created_at timestamptz not null default now()
);

create table branch (
  branch_id uuid primary key,
  code text not null unique,
  name text not null,
  warehouse_id uuid not null unique,
  time_zone text not null,
  rev bigint not null default 1
);

create table app_user (
  user_id uuid primary key,
  user_name text not null,
  display_name text not null,
  role text not null check (role in ('clerk', 'manager', 'admin')),
  branch_id uuid references branch,
  -- argon2id with its parameters and salt.
  password_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  check (role = 'admin' or branch_id is not null)
);
create unique index app_user_name on app_user (lower(user_name));

create table device (
  device_id uuid primary key,
  name text not null,
  branch_id uuid not null references branch,
  public_key text not null,
  -- SHA-256 of the token: a copy of this table opens nothing.
  token_hash bytea not null unique,
  enrolled_at timestamptz not null default now(),
  last_seen_at timestamptz,
  revoked_at timestamptz
);

create table incarnation (
  incarnation_id uuid primary key,
  device_id uuid not null references device,
  code text not null unique,
  created_at timestamptz not null default now()
);

create table enrolment_code (
  code_hash bytea primary key,
  branch_id uuid not null references branch,
  expires_at timestamptz not null,
  used_by uuid references device
);

-- A person's sign-in on a desk; its key signs that person's mutations.
create table user_session (
  session_id uuid primary key,
  user_id uuid not null references app_user,
  device_id uuid not null references device,
  public_key text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);

-- A person's sign-in on central's own API (tRPC).
create table api_session (
  token_hash bytea primary key,
  user_id uuid not null references app_user,
  expires_at timestamptz not null
);

create table product (
  product_id uuid primary key,
  code text not null,
  barcode text,
  name text not null,
  name_alt text,
  initials text not null,
  base_unit text not null,
  units jsonb not null,
  step bigint not null check (step > 0),
  active boolean not null default true,
  rev bigint not null default 1
);
create unique index product_code on product (lower(code));

create table customer (
  customer_id uuid primary key,
  branch_id uuid not null references branch,
  code text not null,
  name text not null,
  initials text not null,
  phone text,
  active boolean not null default true,
  rev bigint not null default 1
);
create unique index customer_code on customer (lower(code));

create table price_list (
  price_list_id uuid primary key,
  code text not null unique,
  name text not null,
  currency text not null,
  customer_id uuid references customer,
  rev bigint not null default 1
);
create unique index price_list_base on price_list ((customer_id is null)) where customer_id is null;
create index price_list_customer on price_list (customer_id);

create table price (
  price_id uuid primary key,
  price_list_id uuid not null references price_list,
  product_id uuid not null references product,
  unit text not null,
  unit_price bigint not null check (unit_price >= 0),
  valid_from date not null,
  valid_to date,
  rev bigint not null default 1,
  unique (price_list_id, product_id, unit, valid_from)
);
create index price_product on price (product_id);

create table stock (
  warehouse_id uuid not null,
  product_id uuid not null references product,
  on_hand bigint not null,
  allocated bigint not null default 0 check (allocated >= 0),
  rev bigint not null default 1,
  primary key (warehouse_id, product_id),
  -- No oversell: the database itself refuses what a fault in the rules would let through.
  check (allocated = 0 or allocated <= on_hand)
);

create table sales_order (
  order_id uuid primary key,
  number text not null unique,
  branch_id uuid not null references branch,
  warehouse_id uuid not null,
  customer_id uuid not null references customer,
  status text not null check (status in ('placed', 'cancelled', 'completed')),
  note text not null,
  business_date date not null,
  made_at bigint not null,
  version integer not null check (version > 0),
  currency text not null,
  total_minor bigint not null,
  -- One entry a version: who, when, from where. The lines of earlier versions are in sales_order_version.
  history jsonb not null,
  rev bigint not null default 1
);
create index sales_order_branch on sales_order (branch_id, business_date);

create table sales_order_line (
  order_id uuid not null references sales_order,
  line_no integer not null,
  product_id uuid not null references product,
  unit text not null,
  quantity bigint not null check (quantity > 0),
  quantity_base bigint not null check (quantity_base > 0),
  unit_price bigint not null check (unit_price >= 0),
  amount_minor bigint not null,
  price_kind text not null check (price_kind in ('own', 'list', 'past')),
  price_id uuid,
  primary key (order_id, line_no)
);

-- What an amendment replaced: kept, because a person may be asked about it.
create table sales_order_version (
  order_id uuid not null references sales_order,
  version integer not null,
  document jsonb not null,
  primary key (order_id, version)
);

-- One row a mutation, for ever: a repeated id gets its first answer.
create table receipt (
  mutation_id uuid primary key,
  device_id uuid not null references device,
  incarnation_id uuid not null references incarnation,
  seq bigint not null,
  lane text not null,
  name text not null,
  body_hash text not null,
  -- Kept of a refused mutation, so that the office can repair it too; null of an applied one.
  refused_body text,
  verdict text not null check (verdict in ('applied', 'refused')),
  issues jsonb not null,
  superseded_by uuid,
  judged_at bigint not null,
  rev bigint not null default 1,
  unique (device_id, incarnation_id, seq)
);

-- The change feed. Readers see (xid, ord) behind the gate only: an older transaction may still be writing.
create table change (
  xid xid8 not null default pg_current_xact_id(),
  ord bigint generated always as identity,
  scope text not null,
  kind text not null,
  key text not null,
  op text not null check (op in ('put', 'remove')),
  rev bigint not null,
  -- The row as it was in this version. json, not jsonb: it is sent as it was written.
  row_json json,
  primary key (xid, ord),
  check ((op = 'put') = (row_json is not null))
);
create index change_row on change (scope, kind, key, xid, ord);
`,
};
