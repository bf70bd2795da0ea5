import type { ProductHit } from '../../../src-main/api/desk-services.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { MarkMatch } from '../../ui/mark-match.tsx';
import { quantityText, unitPriceText } from '../amounts.ts';

export const PRODUCT_CANDIDATE_COLUMNS = '96px minmax(0, 1fr) 92px 92px';
export const PRODUCT_CANDIDATES_PX = 620;

/** A product as a candidate: code, name with the match in bold, price with its star, what is left. */
export function ProductCandidate({ hit, match }: { hit: ProductHit; match: string }) {
  const { t } = useText();
  return (
    <>
      <span className="clip">
        <MarkMatch text={hit.code} match={match} />
      </span>
      <span className={hit.active ? 'clip' : 'clip dim'}>
        <MarkMatch text={hit.name} match={match} />
        {hit.nameAlt ? <span className="dim"> {hit.nameAlt}</span> : null}
        {hit.active ? null : ` · ${t('common.inactive')}`}
      </span>
      <span className="num">
        {hit.unitPrice === null ? (
          <span className="dim">{t('products.noPrice')}</span>
        ) : (
          <span className="own-price">
            {unitPriceText(hit.unitPrice, hit.currency)}
            {hit.ownPrice ? <Icon name="star" filled /> : null}
          </span>
        )}
      </span>
      <span className={hit.availableBase > 0 ? 'num dim' : 'num tone-waiting'}>
        {t('order.line.left', { text: quantityText(Math.max(0, hit.availableBase)) })}
      </span>
    </>
  );
}
