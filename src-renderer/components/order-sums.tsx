import type { Currency } from '../../src-shared/domain/money.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';
import { sumParts, type SummedOrder } from './sum-parts.ts';
import './order-sums.css';

/** What stands before a total: what promotions took off, the goods, the tax. Nothing where the total says it all. */
export function OrderSums({ of, currency }: { of: SummedOrder; currency: Currency | null }) {
  const { t } = useText();
  return sumParts(of).map(({ name, minor }) => (
    <span key={name} className="order-sum">
      <span className="dim">{t(`sums.${name}`)}</span> {minor < 0 ? '−' : ''}
      {amountText(Math.abs(minor), currency)}
    </span>
  ));
}
