/**
 * Why a line costs what it costs: what the line itself says, and of the list and the promotions what is still known here.
 * The line's own part stays true whatever becomes of them.
 */
import { sql } from 'kysely';
import type { OrderLine } from '../../src-shared/domain/order.ts';
import type { PriceStory } from '../api/desk-services.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface SourceRow {
  price_id: string;
  unit: string;
  valid_from: string;
  list_name: string;
  of: 'own' | 'group' | 'base';
}

const statements = perStore((store: StoreReader) => ({
  sources: store.query<{ ids: string }, SourceRow>(
    (_, p) => sql<SourceRow>`select price_id, price.unit, valid_from, l.name as list_name,
        case when l.customer_id is not null then 'own' when l.group_id is not null then 'group' else 'base' end as "of"
      from json_each(${p.ids}) given cross join price on price.price_id = given.value
        join price_list l on l.price_list_id = price.price_list_id`,
  ),
  promotions: store.query<{ ids: string }, { promotion_id: string; code: string; name: string }>(
    (_, p) => sql<{ promotion_id: string; code: string; name: string }>`select promotion_id,
        content ->> 'code' as code, content ->> 'name' as name
      from json_each(${p.ids}) given cross join promotion on promotion_id = given.value`,
  ),
}));

/**
 * In the order of the lines.
 *
 * @param author who made them all; null where that is not certain.
 */
export function priceStories(
  store: StoreReader,
  lines: readonly OrderLine[],
  author: string | null = null,
): PriceStory[] {
  const { sources, promotions } = statements(store);
  const priceIds = [...new Set(lines.flatMap(({ priceId }) => priceId ?? []))];
  const found = new Map(sources.all({ ids: JSON.stringify(priceIds) }).map((row) => [row.price_id, row]));
  const ids = [...new Set(lines.flatMap(({ discounts = [] }) => discounts.map((each) => each.promotionId)))];
  const named = new Map<string, { code: string; name: string }>(
    ids.length === 0 ? [] : promotions.all({ ids: JSON.stringify(ids) }).map((row) => [row.promotion_id, row]),
  );
  return lines.map((line) => storyOf(line, { source: found.get(line.priceId ?? ''), named, author }));
}

interface Known {
  source: SourceRow | undefined;
  named: ReadonlyMap<string, { code: string; name: string }>;
  author: string | null;
}

function storyOf(line: OrderLine, { source, named, author }: Known): PriceStory {
  const { manual, discounts = [], priceKind } = line;
  return {
    of: priceKind === 'past' ? 'past' : (source?.of ?? (priceKind === 'own' ? 'own' : 'base')),
    listName: source?.list_name ?? '',
    rev: line.priceRev ?? null,
    validFrom: source?.valid_from ?? null,
    listUnitPrice: manual?.listUnitPrice ?? line.unitPrice,
    tierQuantity: line.tierQuantity ?? null,
    tierUnit: line.tierQuantity === undefined ? null : (source?.unit ?? line.unit),
    manualReason: manual?.reason ?? null,
    manualBy: manual ? author : null,
    discounts: discounts.map(({ promotionId, minor }) => {
      const { code = '', name = '' } = named.get(promotionId) ?? {};
      return { code, name, minor };
    }),
    taxBasisPoints: line.taxBasisPoints ?? null,
    taxMinor: line.taxMinor ?? null,
    taxIncluded: line.taxIncluded === true,
  };
}
