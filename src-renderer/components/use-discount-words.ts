import { useCallback } from 'react';
import type { PriceStory } from '../../src-main/api/desk-services.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';

/** What promotions took off a line, one after another: "买10送1 −12.00". */
export function useDiscountWords(): (discounts: PriceStory['discounts'], currency: Currency | null) => string[] {
  const { t } = useText();
  return useCallback(
    (discounts, currency) =>
      discounts.map(({ code, name, minor }) =>
        t('order.line.promotionOff', {
          name: name || code || t('order.line.promotion'),
          amount: amountText(minor, currency),
        }),
      ),
    [t],
  );
}
