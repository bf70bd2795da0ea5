/**
 * What desks keep of what was settled, and what central has of it. Central may have been set back since: then it has
 * come back, each once, to the verdict that it had, or to its desk's attention.
 */
import { sql } from 'kysely';
import type { CentralDb } from '../../../src-central/db/schema.ts';
import type { SimDesk } from '../actors/sim-desk.ts';

/** Settled mutations that central has no receipt of, or another verdict than their desk. */
export async function unlikeJournals(db: CentralDb, desks: readonly SimDesk[]): Promise<string[]> {
  const broken: string[] = [];
  for (const desk of desks) {
    if (desk.build.protocol !== 'today') continue;
    const settled = desk.journal();
    const { rows } = await sql<{ id: string; outcome: string; verdict: string | null }>`
      select id, outcome, verdict from unnest(
        ${settled.map(({ id }) => id)}::uuid[], ${settled.map(({ outcome }) => outcome)}::text[]
      ) as settled (id, outcome) left join receipt on mutation_id = id
      where verdict is null or (outcome = 'applied') <> (verdict = 'applied')
        or (verdict = 'refused' and superseded_by is null)`.execute(db);
    for (const { id, outcome, verdict } of rows) {
      broken.push(`${desk.name} has ${id} as ${outcome}, central as ${verdict ?? 'nothing'}`);
    }
  }
  return broken;
}

/** Nothing that desks brought back waits any more: each desk has brought all that it had. */
export async function waitingToReturn(db: CentralDb): Promise<string[]> {
  const { rows } = await sql<{ id: string; lane: string; why: string; missing: unknown }>`
    select mutation_id as id, lane, why, missing from reoffered order by mutation_id`.execute(db);
  return rows.map((row) => `central waits to settle what was brought back: ${JSON.stringify(row)}`);
}

/** Of each order: its number, and what made its versions, in order; without what stands in no other change's way. */
export type OrdersOfThePast = ReadonlyMap<string, { number: string; made: readonly string[] }>;

export async function ordersAt(db: CentralDb): Promise<OrdersOfThePast> {
  const { rows } = await sql<{ id: string; number: string; made: string[] | null }>`
    select order_id as id, number,
      (select array_agg(entry ->> 'mutationId' order by place)
       from jsonb_array_elements(history) with ordinality as entries (entry, place)
       where entry ->> 'what' not in ('paid', 'refunded', 'paymentVoided', 'letGo')) as made
    from sales_order`.execute(db);
  return new Map(rows.map(({ id, number, made }) => [id, { number, made: made ?? [] }]));
}

/** Orders that came back under another number, or whose versions came back in another order. */
export function otherThanBefore(before: OrdersOfThePast, now: OrdersOfThePast): string[] {
  const broken: string[] = [];
  for (const [id, { number, made }] of before) {
    const back = now.get(id);
    if (!back) continue;
    if (back.number !== number) broken.push(`order ${number} has come back as ${back.number}`);
    const both = back.made.filter((mutation) => made.includes(mutation));
    if (both.join() !== made.filter((mutation) => both.includes(mutation)).join()) {
      broken.push(`the versions of ${number} were ${made.join()} and are ${back.made.join()}`);
    }
  }
  return broken;
}
