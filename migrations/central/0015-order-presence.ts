/** Who has an order open just now. */
import type { Migration } from '../migration.ts';

export const orderPresence: Migration = {
  name: '0015-order-presence',
  sql: `
-- Worth nothing after a crash, so not written to the log.
create unlogged table order_presence (
  order_id uuid not null,
  session_id uuid not null,
  device_id uuid not null,
  user_name text not null,
  -- Unix milliseconds by central's clock.
  since bigint not null,
  seen_at bigint not null,
  primary key (order_id, session_id)
);
`,
};
