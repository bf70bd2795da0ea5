/** What the desk must know of a mutation that may never be judged: since when it is held, and what stands in for it. */
import type { Migration } from '../migration.ts';

export const stuckLanes: Migration = {
  name: '0005-stuck-lanes',
  sql: `
-- When central first said that something it depends on is missing; null while it is not held.
alter table outbox add column held_since integer;
-- The later mutation of its lane that stands in for it; its receipt comes with that one's.
alter table outbox add column superseded_by text;

-- Carries all that is asked of many rows at once: a body may be long.
drop index outbox_lane;
create index outbox_lane on outbox (lane, seq, state, superseded_by);
`,
};
