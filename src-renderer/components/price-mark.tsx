import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import './price-mark.css';

export interface PriceMarkProps {
  /** It is the customer's own price. */
  own: boolean;
  /** Why another was agreed by hand, perhaps not said yet; null where none was. */
  byHand: string | null;
}

/** What is particular about a price, behind it: ★ the customer's own, a pencil for one that was agreed by hand. */
export function PriceMark({ own, byHand }: PriceMarkProps) {
  const { t } = useText();
  if (byHand === null && !own) return null;
  const words =
    byHand === null
      ? t('order.line.ownPrice')
      : byHand.trim() === ''
        ? t('order.line.byHand')
        : t('order.line.byHandWhy', { reason: byHand });
  return (
    <span className="price-mark" title={words}>
      {byHand === null ? <Icon name="star" filled /> : <Icon name="pencil" />}
      <span className="sr-only">{words}</span>
    </span>
  );
}
