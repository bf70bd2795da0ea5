/** A code that central gave twice, for it had been set back and had not noticed. */
import type { Migration } from '../migration.ts';

export const contestedCodes: Migration = {
  name: '0010-contested-codes',
  sql: `
-- Of the one that was given its code first, and forgotten: it numbers no new orders under it.
alter table incarnation add column contested boolean not null default false;
alter table incarnation drop constraint incarnation_code_key;
create unique index incarnation_code on incarnation (code) where not contested;
`,
};
