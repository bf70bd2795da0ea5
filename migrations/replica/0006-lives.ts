/** What a desk needs to be known again: by a central that takes its file for a copy, and by one that was set back. */
import type { Migration } from '../migration.ts';

export const lives: Migration = {
  name: '0006-lives',
  sql: `
-- Of which life of this file a settled mutation is: with seq, its place at central. Null of those from before.
alter table journal add column incarnation_id text;
-- JSON of a ReceiptProof; null where central gave none yet.
alter table journal add column proof text;
alter table journal add column judged_at integer;
-- The epoch in which central has said that it has the receipt, and when it said so last (central's clock).
alter table journal add column known_in text;
alter table journal add column known_at integer;
-- What it takes to put it back into the outbox, should central judge it otherwise after it was set back.
alter table journal add column issues text not null default '[]';
alter table journal add column depends_on text not null default '[]';
alter table journal add column effect text not null default '{}';
alter table journal add column made_at integer not null default 0;
create index journal_known on journal (known_in, known_at);
create index journal_settled on journal (settled_at);

-- The same of a refused one, which has a receipt, too.
alter table outbox add column proof text;
alter table outbox add column judged_at integer;
alter table outbox add column known_in text;

update journal set known_in = (select value from meta where key = 'replica.epoch'), known_at = settled_at;
update outbox set known_in = (select value from meta where key = 'replica.epoch') where state = 'refused';

-- What central signed of a sign-in, and the public half of its key: to show it to a central that has forgotten it.
alter table session add column public_key text;
alter table session add column certificate text;

-- What was done to an order without a person, until a person has seen it. params: JSON for the sentence.
create table order_notice (
  order_id text primary key, kind text not null check (kind in ('numberChanged')), params text not null,
  made_at integer not null
) strict, without rowid;
`,
};
