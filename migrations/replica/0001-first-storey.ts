/** The desk file's first tables, in two layers: central's rows, and the desk's own intents. */
import type { Migration } from '../migration.ts';

export const firstStorey: Migration = {
  name: '0001-first-storey',
  sql: `
-- Who this file is, and single facts about it.
create table meta (key text primary key, value text not null) strict, without rowid;

-- ---------------------------------------------------------------- central's rows; only the feed writes here
create table branch (
  branch_id text primary key, code text not null, name text not null, warehouse_id text not null,
  time_zone text not null, rev integer not null
) strict, without rowid;

create table product (
  row_no integer primary key,
  product_id text not null unique, code text not null, barcode text, name text not null, name_alt text,
  initials text not null, base_unit text not null, units text not null, step integer not null,
  active integer not null, rev integer not null
) strict;
create index product_code on product (code collate nocase);
create index product_barcode on product (barcode) where barcode is not null;
create index product_initials on product (initials);

create table customer (
  row_no integer primary key,
  customer_id text not null unique, branch_id text not null, code text not null, name text not null,
  initials text not null, phone text, active integer not null, rev integer not null
) strict;
create index customer_code on customer (code collate nocase);
create index customer_phone on customer (phone) where phone is not null;
create index customer_initials on customer (initials);

create table price_list (
  price_list_id text primary key, code text not null, name text not null, currency text not null,
  customer_id text, rev integer not null
) strict, without rowid;
create index price_list_customer on price_list (customer_id);

-- Kept together by list and product: an order asks for twenty products' prices on one or two lists.
create table price (
  price_id text not null unique, price_list_id text not null, product_id text not null, unit text not null,
  unit_price integer not null, valid_from text not null, valid_to text, rev integer not null,
  primary key (price_list_id, product_id, price_id)
) strict, without rowid;

create table stock (
  warehouse_id text not null, product_id text not null, on_hand integer not null, allocated integer not null,
  rev integer not null, primary key (warehouse_id, product_id)
) strict, without rowid;

create table sales_order (
  order_id text primary key, number text not null, branch_id text not null, warehouse_id text not null,
  customer_id text not null, status text not null, note text not null, business_date text not null,
  made_at integer not null, version integer not null, currency text not null, total_minor integer not null,
  line_count integer not null, lines text not null, history text not null, rev integer not null
) strict, without rowid;
-- Carries all that the list filters by: an order's row is long, and the list must not read past its lines.
create index sales_order_made on sales_order (made_at, order_id, status, customer_id, business_date, number);
create index sales_order_customer on sales_order (customer_id, made_at, order_id, status, business_date, number);
create index sales_order_number on sales_order (number);

create table receipt (
  mutation_id text primary key, lane text not null, name text not null, verdict text not null, issues text not null,
  superseded_by text, body_hash text not null, judged_at integer not null, rev integer not null
) strict, without rowid;

-- Made from product and customer for finding; never from anywhere else. replica/search/grams.ts says what is in them.
create virtual table product_search using fts5(grams, content='', contentless_delete=1, prefix='2 3 4', detail='none');
create virtual table customer_search using fts5(grams, content='', contentless_delete=1, prefix='2 3 4', detail='none');

-- ---------------------------------------------------------------- the desk's own; no pull ever writes over it
-- Mutations that are not settled. A row leaves only by a receipt, to the journal.
create table outbox (
  seq integer primary key autoincrement,
  mutation_id text not null unique, lane text not null, name text not null, body text not null,
  body_hash text not null, signature text not null, depends_on text not null,
  state text not null check (state in ('waiting', 'sent', 'held', 'refused', 'quarantined')),
  -- What the desk answered when it was written down: asking again gets the same answer.
  answer text not null,
  -- What the rules made of it then, so that it can be replayed whatever has become of prices and products since.
  effect text not null,
  -- Of a refused one; central's words.
  issues text not null default '[]',
  -- Why it is held or quarantined.
  reason text,
  made_at integer not null, last_sent_at integer, attempts integer not null default 0
) strict;
-- Both carry all that is asked of many rows at once: a body may be long.
create index outbox_state on outbox (state, seq, last_sent_at, made_at, lane);
create index outbox_lane on outbox (lane, seq, state);

-- Settled mutations, kept until central's backup has passed them.
create table journal (
  mutation_id text primary key, seq integer not null, lane text not null, name text not null, body text not null,
  body_hash text not null, signature text not null, answer text not null,
  outcome text not null check (outcome in ('applied', 'superseded')), settled_at integer not null
) strict, without rowid;
create index journal_lane on journal (lane, seq);

-- What an unsettled mutation takes of the stock, on top of central's allocation (thousandths of the base unit).
create table reservation (
  mutation_id text not null, warehouse_id text not null, product_id text not null, quantity_base integer not null,
  primary key (mutation_id, product_id)
) strict, without rowid;
create index reservation_product on reservation (warehouse_id, product_id, quantity_base);

-- The orders that have unsettled mutations, as the list shows them: central's row with the intents replayed on it.
-- The lines and the sync state are not here: they are replayed, and read off the outbox, when they are asked for.
create table local_order (
  order_id text primary key, number text not null, customer_id text not null, status text not null,
  business_date text not null, made_at integer not null, currency text not null,
  total_minor integer not null, line_count integer not null
) strict, without rowid;
create index local_order_made on local_order (made_at, order_id);
create index local_order_customer on local_order (customer_id, made_at);

-- Running numbers. Advanced in the transaction that uses them.
create table counter (name text primary key, value integer not null) strict, without rowid;

-- People who signed in here. The key stays while a mutation signed with it is unsettled.
create table session (
  session_id text primary key, user_id text not null, user_name text not null, display_name text not null,
  role text not null, branch_id text, private_key text not null, expires_at integer not null,
  signed_in_at integer not null, signed_out_at integer
) strict, without rowid;

-- What a person was typing when the program stopped.
create table draft (draft_id text primary key, content text not null, updated_at integer not null) strict, without rowid;
`,
};
