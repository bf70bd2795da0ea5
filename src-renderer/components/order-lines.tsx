import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { thousandthsFromNumber } from '../../src-shared/domain/quantity.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { amountText, quantityText, unitPriceText } from './amounts.ts';
import { useUnitName } from './use-unit-name.ts';
import './order-lines.css';

const LINE_PX = 30;
/** A longer order gets a scroller of its own, in which only what is seen is drawn. */
const MAX_BODY_PX = 420;
const TRACKS = '72px minmax(0, 1fr) 36px 52px 64px 80px';

/** The lines of an order as they stand, with the sum. */
export function OrderLines({ order }: { order: OrderDetail }) {
  const { t } = useText();
  const unitName = useUnitName();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: order.lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 6,
  });
  const heads = ['code', 'product', 'unit', 'quantity', 'price', 'amount'] as const;
  const numbers = new Set<string>(['quantity', 'price', 'amount']);
  if (order.lines.length === 0) return <p className="dim">{t('order.line.noLines')}</p>;
  return (
    <div role="table" aria-label={t('common.lines')} aria-rowcount={order.lines.length + 1} className="order-lines">
      <div role="rowgroup">
        <div role="row" className="order-lines-row order-lines-head" style={{ gridTemplateColumns: TRACKS }}>
          {heads.map((head) => (
            <span key={head} role="columnheader" className={numbers.has(head) ? 'clip num' : 'clip'}>
              {t(`order.line.${head}`)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        className="order-lines-scroller"
        tabIndex={0}
        aria-label={t('common.lines')}
        style={{ height: Math.min(MAX_BODY_PX, virtual.getTotalSize()) }}
      >
        <div role="presentation" style={{ position: 'relative', height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((place) => {
            const line = order.lines[place.index];
            return line ? (
              <div
                key={place.index}
                role="row"
                aria-rowindex={place.index + 2}
                className="order-lines-row order-lines-line"
                style={{ gridTemplateColumns: TRACKS, top: place.start }}
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
                <span role="cell" className="num own-price">
                  {unitPriceText(line.unitPrice, order.currency)}
                  {line.priceKind === 'own' ? <Icon name="star" filled /> : null}
                </span>
                <span role="cell" className="num">
                  {amountText(line.amountMinor, order.currency)}
                </span>
              </div>
            ) : null;
          })}
        </div>
      </div>
      <div role="rowgroup">
        <div role="row" className="order-lines-foot">
          <span role="cell" className="dim">
            {t('common.lineCount', { count: order.lines.length })} ·{' '}
            {t('common.pieceCount', {
              count: order.quantityBase === 1_000 ? 1 : 2,
              text: quantityText(order.quantityBase),
            })}
          </span>
          <span role="cell" className="num">
            <span className="dim">{t('common.total')}</span>{' '}
            <strong>{amountText(order.totalMinor, order.currency)}</strong>{' '}
            <span className="dim small">{order.currency}</span>
          </span>
        </div>
      </div>
    </div>
  );
}
