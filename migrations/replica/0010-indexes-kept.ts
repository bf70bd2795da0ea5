/** A fill keeps every index up while it writes: what one was cut short in, with indexes put off, is made good here. */
import type { Migration } from '../migration.ts';

export const indexesKept: Migration = {
  name: '0010-indexes-kept',
  sql: `
create index if not exists product_code on product (code collate nocase);
create index if not exists product_barcode on product (barcode) where barcode is not null;
create index if not exists product_initials on product (initials);
create index if not exists customer_code on customer (code collate nocase);
create index if not exists customer_phone on customer (phone) where phone is not null;
create index if not exists customer_initials on customer (initials);
create index if not exists sales_order_customer
  on sales_order (customer_id, made_at, order_id, status, business_date, number);
delete from meta where key in ('fill.indexes.product', 'fill.indexes.customer', 'fill.indexes.order');
`,
};
