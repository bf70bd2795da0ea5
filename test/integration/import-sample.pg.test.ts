// Goal: the sample's house shows what prices can do, and is the same every time. Method: two databases that are seeded
// apart, compared by what people see of them.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDivergence } from '../../src-central/change-feed/divergence.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { readPolicy } from '../../src-central/house/policies.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import { generatedCatalogue } from '../../src-central/sample/generated-catalogue.ts';
import { seedSample } from '../../src-central/sample/seed-sample.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestPostgres, type TestPostgres } from '../support/central-fixture.ts';

let postgres: TestPostgres;
let db: CentralDb;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await seeded();
});
afterAll(() => postgres.stop());

async function seeded(): Promise<CentralDb> {
  const made = await postgres.createDatabase();
  await ensureEpoch(made.db, 'GBP');
  await seedSample(made.db, 'small');
  return made.db;
}

test('prices include tax at 13 %, at 9 % on what stands for food, and no product is left without a rate', async () => {
  const { rows } = await sql<{ rate: number; products: number }>`
    select tax_basis_points as rate, count(*) as products from product group by 1 order by 1
  `.execute(db);
  expect(rows).toEqual([
    { rate: 900, products: 116 },
    { rate: 1_300, products: 2_270 },
  ]);
  const lists = await db.selectFrom('price_list').select('tax_included').distinct().execute();
  expect(lists).toEqual([{ tax_included: true }]);
});

test('VIP and wholesale customers have a list each, cheaper than the base list; some products have tiers or a minimum', async () => {
  const { rows: groups } = await sql<{ code: string; name: string; customers: number }>`
    select g.code, g.name, count(*) as customers from customer_group g join customer using (group_id)
    group by 1, 2 order by 1
  `.execute(db);
  expect(groups).toEqual([
    { code: 'VIP', name: '贵宾 VIP', customers: 20 },
    { code: 'WS', name: '批发 Wholesale', customers: 40 },
  ]);
  const { rows: prices } = await sql<{ list: string; tier: boolean; prices: number; dearer: number }>`
    select l.code as list, p.min_quantity is not null as tier, count(*) as prices,
      count(*) filter (where p.unit_price >= base.unit_price) as dearer
    from price p join price_list l using (price_list_id)
    join price_list everybody on everybody.customer_id is null and everybody.group_id is null
    join price base on base.price_list_id = everybody.price_list_id and base.product_id = p.product_id
      and base.unit = p.unit and base.min_quantity is null
    where l.customer_id is null and (p.price_list_id, p.min_quantity is null) <> (base.price_list_id, true)
    group by 1, 2 order by 1, 2
  `.execute(db);
  expect(prices).toEqual([
    { list: 'G:VIP', tier: false, prices: 60, dearer: 0 },
    { list: 'G:WS', tier: false, prices: 60, dearer: 0 },
    { list: 'G:WS', tier: true, prices: 60, dearer: 0 },
    { list: 'LIST', tier: true, prices: 30, dearer: 0 },
  ]);
  const { rows: least } = await sql<{ minimum: number; multiple: number | null; products: number }>`
    select minimum_base as minimum, multiple_base as multiple, count(*) as products from product
    where minimum_base is not null group by 1, 2 order by 1
  `.execute(db);
  expect(least).toEqual([
    { minimum: 6_000, multiple: 6_000, products: 4 },
    { minimum: 12_000, multiple: null, products: 4 },
  ]);
});

test('three promotions run and a policy bounds prices by hand, as the feed tells it', async () => {
  const promotions = await db.selectFrom('promotion').select('document').orderBy('code').execute();
  const said = promotions.map(({ document: { code, place, active, products, rule } }) => ({
    code,
    place,
    active,
    on: products.length,
    rule,
  }));
  const fiveOff = { kind: 'threshold', fromMinor: 10_000, off: { minor: 500, repeats: false }, currency: 'GBP' };
  expect(said).toEqual([
    { code: 'SPEND100', place: 2, active: true, on: 0, rule: fiveOff },
    {
      code: 'TEN1',
      place: 1,
      active: true,
      on: 13,
      rule: { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null },
    },
    { code: 'XMAS10', place: 0, active: true, on: 99, rule: { kind: 'percent', off: 1_000 } },
  ]);
  expect(await readPolicy(db, 'manualPrices')).toEqual({
    policy: { name: 'manualPrices', clerk: 500, manager: 2_000, admin: 10_000 },
    decided: true,
  });
  const differences = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => findDivergence(tx, [CATALOGUE_SCOPE]));
  expect(differences).toEqual([]);
});

/** All that prices an order, by code, for ids differ. */
async function contentOf(of: CentralDb): Promise<unknown> {
  const { rows } = await sql<{ hash: string }>`
    select md5(string_agg(line, '|' order by line collate "C")) as hash from (
      select concat_ws(' ', 'product', code, tax_basis_points, minimum_base, multiple_base) as line from product
      union all select concat_ws(' ', 'customer', c.code, g.code, g.name) from customer c left join customer_group g using (group_id)
      union all select concat_ws(' ', 'price', l.code, l.tax_included, p.code, unit, min_quantity, unit_price)
        from price join product p using (product_id) join price_list l using (price_list_id)
      union all select concat_ws(' ', 'policy', document) from policy
      union all select concat_ws(' ', 'promotion', document - 'promotionId' - 'products', (
        select string_agg(p.code, ',' order by p.code collate "C") from product p
        where document->'products' ? p.product_id::text)) from promotion
    ) lines
  `.execute(of);
  return rows;
}

test('a house that is seeded another time is the same house', async () => {
  expect(await contentOf(await seeded())).toEqual(await contentOf(db));
});

test('the large catalogue is taxed, and has customers in the groups', async () => {
  for (const [kind, source] of generatedCatalogue()) {
    if (kind !== 'products' && kind !== 'customers') continue;
    const column = source.header.indexOf(kind === 'products' ? 'tax_rate' : 'group');
    const said = new Set<string>();
    for await (const { row, cells } of source.rows()) {
      said.add(cells[column] ?? '-');
      if (row > 200) break;
    }
    expect([...said].toSorted()).toEqual(kind === 'products' ? ['13'] : ['', 'VIP', 'WS']);
  }
});
