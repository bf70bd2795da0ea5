/** The steps of an order through the house. */
import type { Migration } from '../migration.ts';

export const orderSteps: Migration = {
  name: '0012-order-steps',
  sql: `
-- Null where the status says it all.
alter table sales_order add column state text;
-- Why it is held back, as JSON.
alter table sales_order add column hold text;
alter table sales_order add column credited_minor integer;
alter table local_order add column state text;
`,
};
