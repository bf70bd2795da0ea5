import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ProductDetail, ProductPriceRow } from '../../src-main/api/desk-services.ts';
import { ONE } from '../../src-shared/domain/quantity.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { productDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { quantityText, rateText, unitPriceText } from './amounts.ts';
import { ErrorBlock } from './error-block.tsx';
import { PanelHead } from './panel-head.tsx';
import { TierUnit } from './tier-unit.tsx';
import { useUnitName } from './use-unit-name.ts';

/** A product: stock, units, prices. */
export function ProductPanel({ productId, onClose }: { productId: string; onClose: () => void }) {
  const { t } = useText();
  const unitName = useUnitName();
  const { data: product, error, refetch } = useQuery(productDetail(useDesk(), productId));
  if (!product) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  const packs = product.units.filter(({ factor }) => factor !== ONE);
  return (
    <article className="panel" aria-label={product.name}>
      <PanelHead title={product.name} onClose={onClose}>
        <p className="dim">
          {product.code}
          {product.nameAlt ? ` · ${product.nameAlt}` : ''} · {t(product.active ? 'common.active' : 'common.inactive')}
        </p>
      </PanelHead>
      <dl className="big-numbers">
        <Stock label={t('products.available')} base={product.availableBase} />
        <Stock label={t('products.onHand')} base={product.onHandBase} />
        <Stock label={t('products.allocated')} base={product.allocatedBase} />
        {product.waitingBase > 0 ? <Stock label={t('products.waiting')} base={product.waitingBase} /> : null}
      </dl>
      <dl className="facts">
        <dt>{t('products.barcode')}</dt>
        <dd>{product.barcode ?? t('common.none')}</dd>
        <dt>{t('products.units')}</dt>
        <dd>
          {packs.length === 0
            ? unitName(product.unit)
            : packs
                .map(({ unit, factor }) =>
                  t('products.unitFactor', {
                    unit: unitName(unit),
                    text: quantityText(factor),
                    base: unitName(product.unit),
                  }),
                )
                .join(' · ')}
        </dd>
        <dt>{t('products.step')}</dt>
        <dd>
          {quantityText(product.step)} {unitName(product.unit)}
        </dd>
        <BaseQuantity label={t('products.minimum')} base={product.minimumBase} unit={product.unit} />
        <BaseQuantity label={t('products.multiple')} base={product.multipleBase} unit={product.unit} />
        {product.taxBasisPoints === null ? null : (
          <>
            <dt>{t('products.tax')}</dt>
            <dd>{t('products.taxRate', { rate: rateText(product.taxBasisPoints) })}</dd>
          </>
        )}
      </dl>
      <Prices product={product} />
    </article>
  );
}

function Stock({ label, base }: { label: string; base: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{quantityText(base)}</dd>
    </div>
  );
}

/** Nothing where nothing is said. */
function BaseQuantity({ label, base, unit }: { label: string; base: number | null; unit: string }) {
  const unitName = useUnitName();
  if (base === null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {quantityText(base)} {unitName(unit)}
      </dd>
    </>
  );
}

function Prices({ product }: { product: ProductDetail }) {
  const { t } = useText();
  const taxed = product.taxBasisPoints !== null;
  return (
    <section>
      <h3>{t('products.prices')}</h3>
      {product.prices.length === 0 ? (
        <p className="tone-waiting">{t('products.noPrices')}</p>
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th>{t('products.list')}</th>
              <th style={{ width: 84 }}>{t('order.line.unit')}</th>
              <th className="num" style={{ width: 68 }}>
                {t('products.price')}
              </th>
              {taxed ? <th className="price-tax">{t('products.taxHow')}</th> : null}
              <th className="num" style={{ width: 152 }}>
                {t('products.validFrom')} – {t('products.validTo')}
              </th>
            </tr>
          </thead>
          <tbody>
            {product.prices.map((price) => (
              <tr key={`${price.priceListCode}/${price.unit}/${price.minQuantity}/${price.validFrom}`}>
                <td>
                  <ListName of={price} />
                </td>
                <td>
                  <TierUnit of={price} />
                </td>
                <td className="num">{unitPriceText(price.unitPrice, price.currency)}</td>
                {taxed ? (
                  <td className="dim price-tax-how">
                    {t(price.taxIncluded ? 'products.taxIncluded' : 'products.taxOnTop')}
                  </td>
                ) : null}
                <td className="num dim">
                  {price.validFrom} – {price.validTo ?? t('products.openEnd')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Whose list a price is on. */
function ListName({ of: price }: { of: ProductPriceRow }) {
  const { t } = useText();
  if (price.customerId !== null) {
    return (
      <Link to="/customers" search={{ open: price.customerId }}>
        {t('products.forCustomer', { name: price.customerName ?? price.priceListName })}
      </Link>
    );
  }
  if (price.groupName === null) return price.priceListName;
  return t('products.forGroup', { name: price.groupName || price.priceListName });
}
