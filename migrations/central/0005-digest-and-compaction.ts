/** What digests are answered from, how far the feed is compacted, when jobs ran, and what central has to tell people. */
import type { Migration } from '../migration.ts';

export const digestAndCompaction: Migration = {
  name: '0005-digest-and-compaction',
  sql: `
-- The first 64 bits of SHA-256 over kind, key, rev and row, as digests add them; null of a remove.
alter table change add column row_hash bigint;
update change set row_hash = ('x' || encode(substr(sha256(convert_to(
  kind || E'\\n' || key || E'\\n' || rev || E'\\n' || row_json::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
where op = 'put';
create index change_remove on change (xid) where op = 'remove';

-- How far the feed is folded and compacted, transaction ids. removes_swept_to <= horizon <= swept_to <= compacted_to
-- <= folded_to <= the gate.
create table feed_state (
  only_row boolean primary key default true check (only_row),
  -- scope_digest is of this position.
  folded_to xid8 not null default '0',
  -- Superseded changes up to here are dropped or about to be: what a reader makes of them before is no true state.
  compacted_to xid8 not null default '0',
  swept_to xid8 not null default '0',
  -- Removes up to here are dropped or about to be: a reader from before would keep what is gone.
  horizon xid8 not null default '0',
  removes_swept_to xid8 not null default '0',
  check (folded_to >= compacted_to and compacted_to >= swept_to and swept_to >= horizon and horizon >= removes_swept_to)
);
insert into feed_state default values;

-- Which position was the gate's when: ages of positions are read off this.
create table feed_time (xid xid8 primary key, at timestamptz not null);
create index feed_time_at on feed_time (at);

-- Rows and digest of each scope and kind at folded_to. Digests are sums modulo 2^64.
create table scope_digest (
  scope text not null,
  kind text not null,
  rows bigint not null,
  sum numeric(20) not null check (sum >= 0 and sum < 18446744073709551616),
  primary key (scope, kind)
);

-- Positions that somebody is about to read from (a fill): compaction stops before the oldest.
create table feed_pin (
  device_id uuid not null references device,
  xid xid8 not null,
  touched_at timestamptz not null,
  primary key (device_id, xid)
);

-- Where each desk was when it pulled last, to the minute.
create table device_cursor (
  device_id uuid primary key references device,
  protocol integer not null,
  xid xid8 not null,
  -- Of a desk that began to read from nothing: the horizon then. It has no row that was removed before.
  began_at_horizon xid8,
  noted_at timestamptz not null
);

-- When a job ran last, on whatever node.
create table job_run (
  name text primary key,
  ended_at timestamptz not null,
  -- Of the last run that failed; null once one went well.
  failure text
);

-- What people must hear of: faults that were found, and by whom. Kept until a person has acknowledged them.
create table alarm (
  alarm_id uuid primary key,
  -- Null: central itself.
  device_id uuid references device,
  what text not null,
  -- What it is about, in a spelling of its own: the same again is counted on the one that is open.
  subject text not null,
  detail jsonb not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  count integer not null default 1,
  acknowledged_at timestamptz,
  acknowledged_by uuid references app_user
);
create unique index alarm_open on alarm (coalesce(device_id, '00000000-0000-0000-0000-000000000000'), what, subject)
  where acknowledged_at is null;
create index alarm_last on alarm (last_at desc);
`,
};
