import { useText } from '../text/i18n.ts';
import { quantityText } from './amounts.ts';
import { useUnitName } from './use-unit-name.ts';

/** What a price is for: one unit, and of a quantity tier from how much on. */
export function TierUnit({ of }: { of: { unit: string; minQuantity: number | null } }) {
  const { t } = useText();
  const unit = useUnitName()(of.unit);
  return of.minQuantity === null ? unit : t('products.tierFrom', { text: quantityText(of.minQuantity), unit });
}
