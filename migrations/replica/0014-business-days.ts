/** Orders by their business day: a month of them is found without going through all. */
import type { Migration } from '../migration.ts';

export const businessDays: Migration = {
  name: '0014-business-days',
  sql: `
create index sales_order_day on sales_order (business_date, made_at, order_id, status, state, customer_id, number);
`,
};
