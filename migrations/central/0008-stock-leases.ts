/** Stock that is set aside for one desk. */
import type { Migration } from '../migration.ts';

export const stockLeases: Migration = {
  name: '0008-stock-leases',
  sql: `
-- What is left of a live lease (quantity_base - used_base) is part of its stock row's allocated.
create table stock_lease (
  lease_id uuid primary key,
  device_id uuid not null references device,
  -- The one life of the desk's file that may promise from it.
  incarnation_id uuid not null references incarnation,
  warehouse_id uuid not null,
  product_id uuid not null references product,
  -- Thousandths of the base unit. A report lowers the first to what is still needed.
  quantity_base bigint not null check (quantity_base > 0),
  used_base bigint not null default 0 check (used_base between 0 and quantity_base),
  -- Unix milliseconds by central's clock: when the desk stops promising. Nothing is released by it.
  expires_at bigint not null,
  live boolean not null default true,
  -- Of a forced release: who, and why.
  released_by uuid references app_user,
  release_reason text,
  rev bigint not null default 1
);
-- One a product: an order of many lines must not touch more rows than a transaction may.
create unique index stock_lease_live on stock_lease (device_id, product_id) where live;
`,
};
