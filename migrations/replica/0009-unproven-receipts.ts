/** Finding the few settled mutations whose receipts came without a proof, among all that a desk has settled. */
import type { Migration } from '../migration.ts';

export const unprovenReceipts: Migration = {
  name: '0009-unproven-receipts',
  sql: `
-- Asked after every page that comes in: the journal's rows are long, and reading all of them took longer than the page.
create index journal_unproven on journal (known_in) where proof is null;
`,
};
