/**
 * What people at central do with the mutations of desks: mend a refused one, let one go, bring in the orders of a desk
 * that is gone.
 */
import type { Migration } from '../migration.ts';

export const officeActs: Migration = {
  name: '0006-office-acts',
  sql: `
-- Mutations made at central need a device, too: one for each branch. No token opens it.
alter table device add column kind text not null default 'desk' check (kind in ('desk', 'office'));
create unique index device_office on device (branch_id) where kind = 'office';

-- Null of what never stood in an outbox that was offered: made at central, or superseded before central saw it.
alter table receipt alter column seq drop not null;

-- The refusals that wait for a person.
create index receipt_open_refusal on receipt (lane) where verdict = 'refused' and superseded_by is null;

-- One row for each decision, never changed.
create table office_act (
  -- The mutation that was made, for what made one; what a dismissed one is superseded by.
  act_id uuid primary key,
  what text not null check (what in ('repaired', 'cancelled', 'dismissed', 'broughtIn')),
  user_id uuid not null references app_user,
  -- The mutation that it was about.
  mutation_id uuid not null,
  reason text not null,
  -- The text of the mutation that was made; null where none was.
  body text,
  done_at bigint not null
);
create index office_act_mutation on office_act (mutation_id);
`,
};
