/** How often the feed was written anew: who works on one of its positions must know that it is still the same feed. */
import type { Migration } from '../migration.ts';

export const feedRebuilt: Migration = {
  name: '0016-feed-rebuilt',
  sql: `
-- All positions begin at 0 again with each: one that stands where it stood may be of another feed.
alter table feed_state add column rebuilt bigint not null default 0;
`,
};
