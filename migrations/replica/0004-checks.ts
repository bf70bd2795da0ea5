/** What the desk checks of itself and finds, and pages that are to be shown only together with what follows them. */
import type { Migration } from '../migration.ts';

export const checks: Migration = {
  name: '0004-checks',
  sql: `
-- Pages of a stretch of the feed that compaction has taken apart, until the page that makes them whole has come.
create table staged_page (
  page_no integer primary key autoincrement, cursor text not null, changes integer not null, content text not null
) strict;

-- Faults that were found in central's rows here. Kept until a person has acknowledged them.
create table alarm (
  alarm_id text primary key, what text not null check (what in ('rows', 'tooMany', 'search')),
  scope text not null, kind text not null, count integer not null,
  -- The first few: key, what was wrong, and by what name people know it.
  rows text not null,
  mended integer not null, at integer not null,
  -- When central has heard of it, and when a person has.
  reported_at integer, acknowledged_at integer
) strict, without rowid;
create index alarm_at on alarm (at);

-- What the search indexes hold, word by word; the indexes themselves can only be asked who has a word.
create virtual table product_terms using fts5vocab(product_search, instance);
create virtual table customer_terms using fts5vocab(customer_search, instance);
`,
};
