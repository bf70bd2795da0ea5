/** The steps of an order through the house, and the ledger from which stock on hand is derived. */
import type { Migration } from '../migration.ts';

export const orderSteps: Migration = {
  name: '0012-order-steps',
  sql: `
-- Null where the status says it all (src-shared/domain/lifecycle/order-state.ts).
alter table sales_order add column state text;
-- Why it is held back.
alter table sales_order add column hold jsonb;
alter table sales_order add column credited_minor bigint;

-- Every change of what is on the shelves, and why. A stock row's on_hand is the sum of its movements.
create table stock_movement (
  movement_id bigint generated always as identity primary key,
  warehouse_id uuid not null,
  product_id uuid not null references product,
  -- Thousandths of the base unit; less than nothing where goods leave.
  quantity_base bigint not null check (quantity_base <> 0),
  -- opening: there when the ledger began. count: as a count or a file found it. recovery: taken along after a restore.
  kind text not null check (kind in ('opening', 'count', 'shipped', 'returned', 'recovery')),
  order_id uuid,
  order_version integer,
  mutation_id uuid,
  user_id uuid,
  -- Unix milliseconds by central's clock.
  moved_at bigint not null
);
create index stock_movement_product on stock_movement (warehouse_id, product_id, movement_id);
create index stock_movement_order on stock_movement (order_id) where order_id is not null;

insert into stock_movement (warehouse_id, product_id, quantity_base, kind, moved_at)
select warehouse_id, product_id, on_hand, 'opening', (extract(epoch from now()) * 1000)::bigint
from stock where on_hand <> 0;
`,
};
