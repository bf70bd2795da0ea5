import { useQuery } from '@tanstack/react-query';
import { useEffect, type Dispatch } from 'react';
import { useDesk } from '../../desk/desk-context.tsx';
import { productDetail } from '../../desk/queries.ts';
import type { OrderDraft } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';

/** An amended order's lines come without their products' units: fetched when a line is stepped on. */
export function useUnitsOf(line: OrderDraft['lines'][number] | undefined, dispatch: Dispatch<DraftAction>): void {
  const desk = useDesk();
  const product = line?.product;
  const lacking = product !== null && product !== undefined && product.units.length === 0;
  const { data } = useQuery({ ...productDetail(desk, product?.productId ?? ''), enabled: lacking });
  const key = line?.key;
  useEffect(() => {
    if (!lacking || !data || key === undefined || data.productId !== product.productId) return;
    dispatch({ do: 'setUnits', line: key, units: data.units });
  }, [lacking, data, key, product, dispatch]);
}
