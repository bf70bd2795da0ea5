/** Fills: which part of which scope has come how far, and what was removed meanwhile. */
import type { Migration } from '../migration.ts';

export const fills: Migration = {
  name: '0003-fills',
  sql: `
-- Anew, for a scope has more states: its rows of before a refill are 'stale', under a name of no scope, until the fill
-- has overwritten or outlived them.
create table scope_next (
  scope_id integer primary key autoincrement,
  name text not null unique,
  state text not null check (state in ('filling', 'joined', 'stale', 'leaving')),
  -- Of a stale one: its name before.
  was text,
  -- Of a filling one: the position from which the feed is known here to have told of it. '' until its fill has begun.
  fill_from text not null default ''
) strict;
insert into scope_next (scope_id, name, state) select scope_id, name, state from scope;
drop table scope;
alter table scope_next rename to scope;

-- One row for each part of a scope that fills; written in the transaction of the rows that it counts.
create table fill_part (
  scope_id integer not null, kind text not null,
  -- In which order they are fetched.
  place integer not null,
  -- The last key that is here; '' before the first.
  after text not null default '',
  rows integer not null default 0,
  -- How many there are in all, about.
  of_rows integer not null,
  done integer not null default 0,
  primary key (scope_id, kind)
) strict, without rowid;

-- What the feed removed from a scope while it fills: a chunk may be older than the removal and must not bring it back.
create table fill_removed (
  scope_id integer not null, kind text not null, key text not null, rev integer not null,
  primary key (scope_id, kind, key)
) strict, without rowid;

-- Segments are merged sixteen at a time, not four: a third less work for each row that comes in, for some microseconds
-- more a search. A crisis, in which a whole level is merged at once while somebody waits, is left for much later.
insert into product_search (product_search, rank) values ('automerge', 16);
insert into product_search (product_search, rank) values ('crisismerge', 64);
insert into customer_search (customer_search, rank) values ('automerge', 16);
insert into customer_search (customer_search, rank) values ('crisismerge', 64);
`,
};
