/**
 * Which file of a desk spoke last, and which life of this very database it is: a copy of either must not pass for the
 * original. What desks bring back after this database was set back.
 */
import type { Migration } from '../migration.ts';

export const livesAndEpochs: Migration = {
  name: '0007-lives-and-epochs',
  sql: `
-- ---------------------------------------------------------------- the lives of desks' files
alter table incarnation add column life uuid;
-- Two mutations were offered in one place: the next file to say hello under this name gets a new one.
alter table incarnation add column disputed boolean not null default false;
alter table incarnation add column highest_seq bigint not null default 0;
alter table incarnation add column machine text;
alter table incarnation add column build text;
alter table incarnation add column greeted_at timestamptz;
alter table incarnation add column forked_from uuid references incarnation;
alter table incarnation add column fork_reason text;
create index incarnation_fork on incarnation (forked_from) where forked_from is not null;

-- ---------------------------------------------------------------- the lives of this database
-- The timeline that PostgreSQL writes on; null until this version first looks. Its start: after a crash it may give
-- transaction ids again that were never written down.
alter table epoch add column timeline bigint;
alter table epoch add column server_started_at timestamptz;
-- True until the desks have brought back what a restore lost, or an admin closes it.
alter table epoch add column recovering boolean not null default false;

create table epoch_life (
  epoch uuid primary key,
  began_at timestamptz not null default now(),
  reason text not null check (reason in ('first', 'cluster', 'timeline', 'behind', 'cursor', 'receipt', 'asked')),
  system_identifier text not null,
  timeline bigint,
  -- Receipts from here on, up to the next epoch's first, were given in this one.
  from_position bigint not null unique,
  closed_at timestamptz,
  -- Null where every desk had brought back all that it had.
  closed_by uuid references app_user
);
insert into epoch_life (epoch, began_at, reason, system_identifier, from_position, closed_at)
select epoch, created_at, 'first', system_identifier, 0, created_at from epoch;

-- Transaction ids that were passed over when PostgreSQL started anew, for it may not remember having given them. A
-- cursor that lies in one was given by a server whose files were put back since.
create table xid_gap (
  after xid8 primary key,
  up_to xid8 not null
);

-- Receipts in the order of their judging: those of one order are judged one after another.
alter table receipt add column position bigint generated always as identity;

-- ---------------------------------------------------------------- what comes back
create table recovery_desk (
  epoch uuid not null references epoch_life,
  device_id uuid not null references device,
  done_at timestamptz not null default now(),
  primary key (epoch, device_id)
);

-- Settled mutations that desks brought back and that wait for what they build on.
create table reoffered (
  mutation_id uuid primary key,
  device_id uuid not null references device,
  lane text not null,
  -- As it was offered: body, hash, signature, verdict and proof.
  offer jsonb not null,
  why text not null check (why in ('dependency', 'version', 'session', 'row', 'fault')),
  -- What is missing: ids of mutations, a version, the keys of rows.
  missing jsonb not null,
  offered_at timestamptz not null default now()
);
create index reoffered_lane on reoffered (lane);

-- What a person should look at: nothing of it is silent.
create table recovery_finding (
  finding_id bigint generated always as identity primary key,
  epoch uuid not null references epoch_life,
  kind text not null check (kind in ('stock', 'conflict', 'unproven', 'mismatch')),
  mutation_id uuid not null,
  details jsonb not null,
  found_at timestamptz not null default now()
);

-- Up to when this database is in a backup, in Unix milliseconds by its own clock.
create table backed_up (
  only_row boolean primary key default true check (only_row),
  up_to bigint not null,
  recorded_at timestamptz not null default now()
);
`,
};
