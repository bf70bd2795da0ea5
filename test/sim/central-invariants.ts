/**
 * The laws, as questions to central's database. Each answers with what breaks it; none may answer anything, at any
 * moment between two transactions.
 */
import { sql } from 'kysely';
import { summedUp } from '../../src-central/accounts/summed-up.ts';
import { accountOf } from '../../src-central/db/rows.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';

interface Law {
  name: string;
  query: string;
}

const LAWS: readonly Law[] = [
  {
    name: 'allocated stock is what the open orders hold, and what is left of live leases',
    query: `
      select s.product_id, s.allocated, coalesce(h.held, 0) as held from stock s
      left join (
        select warehouse_id, product_id, sum(held) as held from (
          select o.warehouse_id, l.product_id, l.quantity_base - coalesce((l.more ->> 'backorderBase')::bigint, 0)
            - coalesce((l.more ->> 'shippedBase')::bigint, 0) - coalesce((l.more ->> 'closedBase')::bigint, 0) as held
          from sales_order o join sales_order_line l using (order_id) where o.status = 'placed'
          union all
          select warehouse_id, product_id, quantity_base - used_base from stock_lease where live
        ) holders group by 1, 2
      ) h using (warehouse_id, product_id)
      where s.allocated <> coalesce(h.held, 0)`,
  },
  {
    name: 'on hand is the sum of its movements',
    query: `
      select s.product_id, s.on_hand, coalesce(sum(m.quantity_base), 0) as moved
      from stock s left join stock_movement m using (warehouse_id, product_id)
      group by s.warehouse_id, s.product_id having s.on_hand <> coalesce(sum(m.quantity_base), 0)`,
  },
  { name: 'nothing is oversold', query: `select product_id from stock where allocated > on_hand or allocated < 0` },
  {
    name: 'a lease gives no more than it sets aside, and ends with the last of it',
    query: `
      select lease_id, quantity_base, used_base, live from stock_lease
      where used_base < 0 or (live and used_base >= quantity_base) or used_base > quantity_base`,
  },
  {
    name: 'a desk has one live lease of a product',
    query: `select device_id, product_id from stock_lease where live group by 1, 2 having count(*) > 1`,
  },
  {
    name: 'a total is the sum of its lines',
    query: `
      select o.number from sales_order o left join sales_order_line l using (order_id)
      group by o.order_id having o.total_minor <> coalesce(sum(l.amount_minor + case
        when l.more ? 'taxIncluded' then 0 else coalesce((l.more ->> 'taxMinor')::bigint, 0) end), 0)`,
  },
  {
    name: 'each version of an order has one applied receipt',
    query: `
      select o.number, o.version, count(r.mutation_id) from sales_order o
      left join receipt r on r.lane = 'order:' || o.order_id and r.verdict = 'applied'
      where not o.history @> '[{"what": "imported"}]'
      group by o.order_id having count(r.mutation_id) <> o.version`,
  },
  {
    name: 'each applied receipt has its effect',
    query: `
      select r.mutation_id from receipt r
      where r.verdict = 'applied' and not exists (
        select from sales_order o
        where 'order:' || o.order_id = r.lane
          and o.history @> jsonb_build_array(jsonb_build_object('mutationId', r.mutation_id)))`,
  },
  {
    name: 'only refusals are superseded, and by what was applied in their lane',
    query: `
      select r.mutation_id from receipt r left join receipt s on s.mutation_id = r.superseded_by
      where r.superseded_by is not null
        and (r.verdict <> 'refused' or s.verdict is distinct from 'applied' or s.lane <> r.lane)`,
  },
  {
    name: 'the history of an order counts its versions',
    query: `select number from sales_order where jsonb_array_length(history) <> version`,
  },
  {
    name: "a row's versions go up along the feed",
    query: `
      select * from (
        select kind, key, rev, lag(rev) over (partition by scope, kind, key order by xid, ord) as before from change
      ) c where before >= rev`,
  },
  {
    name: "every receipt is in its device's feed as it stands",
    query: `
      select r.mutation_id from receipt r
      where not exists (
        select from change c
        where c.scope = 'device:' || r.device_id and c.kind = 'receipt' and c.key = r.mutation_id::text
          and c.rev = r.rev)`,
  },
];

/** What breaks the laws at central now; empty when all is well. */
export async function brokenLaws(db: CentralDb): Promise<string[]> {
  const broken: string[] = [];
  for (const law of LAWS) {
    const found = await sql.raw(law.query).execute(db);
    if (found.rows.length > 0) broken.push(`central: ${law.name}: ${JSON.stringify(found.rows.slice(0, 3))}`);
  }
  broken.push(...(await wrongAccounts(db)));
  return broken;
}

/** What a customer owes is the sum over their orders. */
async function wrongAccounts(db: CentralDb): Promise<string[]> {
  const broken: string[] = [];
  for (const row of await db.selectFrom('customer_account').selectAll().execute()) {
    const kept = accountOf(row);
    const summed = await summedUp(db, kept.customerId, kept.currency);
    if (canonicalJson(kept) === canonicalJson(summed)) continue;
    broken.push(`central: an account is the sum over orders: ${canonicalJson(kept)} is ${canonicalJson(summed)}`);
  }
  return broken;
}
