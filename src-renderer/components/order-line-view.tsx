import type { OrderLineRow } from '../../src-main/api/desk-services.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import { thousandthsFromNumber } from '../../src-shared/domain/quantity.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { amountText, quantityText, unitPriceText } from './amounts.ts';
import { PriceMark } from './price-mark.tsx';
import { useDiscountWords } from './use-discount-words.ts';
import { useUnitName } from './use-unit-name.ts';

export const ORDER_LINE_PX = 30;
export const ORDER_LINE_TRACKS = '72px minmax(0, 1fr) 36px 52px 84px 88px';

export interface OrderLineViewProps {
  line: OrderLineRow;
  /** Its place on the order, from 0. */
  at: number;
  top: number;
  currency: Currency;
  /** Its price is being told. */
  told: boolean;
  onWhy: () => void;
}

/** One line of an order as it stands. */
export function OrderLineView({ line, at, top, currency, told, onWhy }: OrderLineViewProps) {
  const { t } = useText();
  const unitName = useUnitName();
  const off = useDiscountWords()(line.story.discounts, currency).join(' · ');
  const price = unitPriceText(line.unitPrice, currency);
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      className={told ? 'order-lines-row order-lines-line order-lines-told' : 'order-lines-row order-lines-line'}
      style={{ gridTemplateColumns: ORDER_LINE_TRACKS, top }}
    >
      <span role="cell" className="clip">
        {line.productCode}
      </span>
      <span role="cell" className="clip" title={line.productName}>
        {line.productName}
      </span>
      <span role="cell">{unitName(line.unit)}</span>
      <span role="cell" className="num">
        {quantityText(thousandthsFromNumber(line.quantity) ?? 0)}
      </span>
      <span role="cell" className="num order-lines-price">
        <button
          type="button"
          // By keys it is Alt+W and the arrows: a stop on every line would be in the way.
          tabIndex={-1}
          className="price-button"
          aria-label={t('order.line.why', { price, line: at + 1 })}
          aria-haspopup="dialog"
          aria-expanded={told}
          // The focus stays: what is told already is not ended before it is asked for again.
          onMouseDown={(event) => event.preventDefault()}
          onClick={onWhy}
        >
          {price}
        </button>
        <PriceMark own={line.priceKind === 'own'} byHand={line.manual?.reason ?? null} />
      </span>
      <span role="cell" className="num order-lines-amount">
        {off === '' ? null : (
          <span className="promotion-mark" title={off}>
            <Icon name="tag" />
            <span className="sr-only">{off}</span>
          </span>
        )}
        {amountText(line.amountMinor, currency)}
      </span>
    </div>
  );
}
