import { useCallback } from 'react';
import type { Repair } from '../../src-shared/domain/issue.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { useText } from '../text/i18n.ts';
import { amountText, quantityText, unitPriceText } from './amounts.ts';

/** What a repair's button says. */
export function useRepairWords(): (repair: Repair, of: { currency: Currency | null }) => string {
  const { t } = useText();
  return useCallback(
    (repair, { currency }) => {
      switch (repair.kind) {
        case 'takeAvailable':
        case 'setQuantity':
          return t(`repair.${repair.kind}`, { quantity: quantityText(repair.quantity) });
        case 'acceptPrice':
          return t('repair.acceptPrice', { price: unitPriceText(repair.unitPrice, currency) });
        case 'takeListPrice':
          return t('repair.takeListPrice', { price: unitPriceText(repair.unitPrice, currency) });
        case 'acceptAmount':
          return t('repair.acceptAmount', { amount: amountText(repair.grossMinor, currency) });
        case 'moveLess':
          return t('repair.moveLess', { quantity: quantityText(repair.quantityBase) });
        case 'payLess':
          return t('repair.payLess', { amount: amountText(repair.minor, currency) });
        case 'creditLess':
          return t('repair.creditLess', { amount: amountText(repair.minor, currency) });
        case 'backorder':
        case 'closeRest':
        case 'askApproval':
        case 'removeLine':
        case 'editOrder':
        case 'cancelOrder':
          return t(`repair.${repair.kind}`);
      }
    },
    [t],
  );
}
