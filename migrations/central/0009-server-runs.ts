/** Which run of PostgreSQL a position of the feed was given out in. */
import type { Migration } from '../migration.ts';

export const serverRuns: Migration = {
  name: '0009-server-runs',
  sql: `
-- By chance, anew at each start of PostgreSQL and each epoch. Cursors carry it. Null until one of these has come.
alter table epoch add column server_run text;
-- The run that began behind the gap, which is empty where an epoch begins: what it gives out lies past it, and what
-- earlier ones gave out does not.
alter table xid_gap add column server_run text;
`,
};
