/** Stock that central has set aside for this desk. */
import type { Migration } from '../migration.ts';

export const stockLeases: Migration = {
  name: '0008-stock-leases',
  sql: `
-- Central's rows, like any other; only the feed writes here.
create table stock_lease (
  lease_id text primary key, incarnation_id text not null, warehouse_id text not null, product_id text not null,
  quantity_base integer not null, used_base integer not null, expires_at integer not null,
  rev integer not null, scope_id integer not null
) strict, without rowid;
create index stock_lease_product on stock_lease (warehouse_id, product_id);

-- The desk's own: leases from which it promises nothing any more, whatever its clock comes to say.
create table renounced_lease (lease_id text primary key) strict, without rowid;
`,
};
