import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ProductDetail } from '../../src-main/api/desk-services.ts';
import { ONE } from '../../src-shared/domain/quantity.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { productDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { quantityText, unitPriceText } from './amounts.ts';
import { ErrorBlock } from './error-block.tsx';
import { PanelHead } from './panel-head.tsx';
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

function Prices({ product }: { product: ProductDetail }) {
  const { t } = useText();
  const unitName = useUnitName();
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
              <th style={{ width: 56 }}>{t('order.line.unit')}</th>
              <th className="num" style={{ width: 84 }}>
                {t('products.price')}
              </th>
              <th className="num" style={{ width: 200 }}>
                {t('products.validFrom')} – {t('products.validTo')}
              </th>
            </tr>
          </thead>
          <tbody>
            {product.prices.map((price) => (
              <tr key={`${price.priceListCode}/${price.unit}/${price.validFrom}`}>
                <td>
                  {price.customerId === null ? (
                    price.priceListName
                  ) : (
                    <Link to="/customers" search={{ open: price.customerId }}>
                      {t('products.forCustomer', { name: price.customerName ?? price.priceListName })}
                    </Link>
                  )}
                </td>
                <td>{unitName(price.unit)}</td>
                <td className="num">{unitPriceText(price.unitPrice, price.currency)}</td>
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
