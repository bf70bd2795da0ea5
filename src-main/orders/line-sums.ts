import { sumMinor } from '../../src-shared/domain/money.ts';
import type { OrderLine } from '../../src-shared/domain/order.ts';
import type { LineSums } from '../api/desk-services.ts';

/** 0 past 2^53, where a sum would no longer be exact: the rules refuse such an order. */
export function lineSums(lines: readonly OrderLine[]): LineSums {
  return {
    goodsMinor: sumMinor(lines.map(({ amountMinor }) => amountMinor)) ?? 0,
    discountMinor: sumMinor(lines.flatMap(({ discounts = [] }) => discounts.map(({ minor }) => minor))) ?? 0,
  };
}
