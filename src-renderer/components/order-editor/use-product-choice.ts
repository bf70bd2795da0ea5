/**
 * Finds the product that is meant by what was typed in a cell. A scanner types faster than a search answers: then the
 * field goes on at once, and the answer is put into its line when it comes, unless other letters were typed meanwhile.
 */
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, type Dispatch } from 'react';
import type { ProductHit } from '../../../src-main/api/desk-services.ts';
import type { Desk } from '../../desk/client.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { productCandidates, searchProducts } from '../../desk/queries.ts';
import type { DraftAction } from './draft-reducer.ts';

export interface ProductChoice {
  hits: readonly ProductHit[];
  /** The hits answer what is typed now. */
  current: boolean;
  choose: (lineKey: string, hit: ProductHit) => void;
  /**
   * Looks `text` up and puts into the line the product with just this code or, with `first`, else the first one.
   * Resolves to whether there was one.
   */
  resolve: (lineKey: string, text: string, first: boolean) => Promise<boolean>;
  /** Whether this line's product has been meant, and its answer is outstanding: no more is chosen then. */
  isMeant: (lineKey: string) => boolean;
  /** Resolves when no answer is outstanding: saving waits for it. */
  settled: () => Promise<void>;
}

export function useProductChoice(
  text: string | null,
  customerId: string | null,
  dispatch: Dispatch<DraftAction>,
): ProductChoice {
  const desk = useDesk();
  const queries = useQueryClient();
  const outstanding = useRef(new Map<Promise<boolean>, string>());
  const wanted = text?.trim() ?? '';
  const { data, isPlaceholderData, isError } = useQuery({
    ...productCandidates(desk, wanted, customerId),
    enabled: wanted !== '',
  });
  const hits = useMemo(() => (wanted === '' || !data ? [] : exactFirst(data, wanted)), [data, wanted]);

  const choose = useCallback(
    (line: string, hit: ProductHit) => dispatch({ do: 'choose', line, product: draftProductOf(hit), unit: hit.unit }),
    [dispatch],
  );
  const resolve = useCallback(
    (line: string, sought: string, first: boolean) => {
      const look = async (): Promise<boolean> => {
        try {
          const found = await findProducts(desk, queries, { text: sought.trim(), customerId });
          const ordered = exactFirst(found, sought.trim());
          const hit = ordered.find((each) => isExact(each, sought.trim())) ?? (first ? ordered[0] : undefined);
          if (hit) dispatch({ do: 'choose', line, product: draftProductOf(hit), unit: hit.unit, sought });
          else dispatch({ do: 'dropProduct', line });
          return hit !== undefined;
        } catch {
          // The line keeps what was typed; the check says that it is no product yet.
          dispatch({ do: 'dropProduct', line });
          return false;
        }
      };
      const promise = look().finally(() => outstanding.current.delete(promise));
      outstanding.current.set(promise, line);
      return promise;
    },
    [customerId, desk, dispatch, queries],
  );
  const isMeant = useCallback((line: string) => [...outstanding.current.values()].includes(line), []);
  const settled = useCallback(async () => {
    await Promise.all(outstanding.current.keys());
  }, []);
  const current = data !== undefined && !isPlaceholderData && !isError;
  return { hits, current, choose, resolve, isMeant, settled };
}

/**
 * The candidates as they are known, else asked for by a call of its own: the field's query is cancelled as soon as the
 * field goes on, and with it would go the answer that the line waits for.
 */
async function findProducts(
  desk: Desk,
  queries: QueryClient,
  { text, customerId }: { text: string; customerId: string | null },
): Promise<readonly ProductHit[]> {
  const { queryKey } = productCandidates(desk, text, customerId);
  const known = queries.getQueryState(queryKey);
  if (known?.data && !known.isInvalidated) return known.data;
  return searchProducts(desk, text, customerId);
}

function draftProductOf(hit: ProductHit) {
  return { productId: hit.productId, code: hit.code, name: hit.name, units: hit.units };
}

function isExact(hit: ProductHit, text: string): boolean {
  return hit.code.toLowerCase() === text.toLowerCase() || hit.barcode === text;
}

/** A code that was typed in full means its product, whatever else begins with it. */
function exactFirst(hits: readonly ProductHit[], text: string): ProductHit[] {
  return [...hits.filter((hit) => isExact(hit, text)), ...hits.filter((hit) => !isExact(hit, text))];
}
