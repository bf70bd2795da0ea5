import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { useText } from '../text/i18n.ts';
import { useKeys } from '../ui/keys.tsx';
import { amountText, quantityText } from './amounts.ts';
import { ORDER_LINE_PX, ORDER_LINE_TRACKS, OrderLineView } from './order-line-view.tsx';
import { OrderLineStory } from './order-line-story.tsx';
import { OrderSums } from './order-sums.tsx';
import './order-lines.css';

/** A longer order gets a scroller of its own, in which only what is seen is drawn. */
const MAX_BODY_PX = 420;
const HEADS = ['code', 'product', 'unit', 'quantity', 'price', 'amount'] as const;
const NUMBERS = new Set<string>(['quantity', 'price', 'amount']);

/** The lines of an order as they stand, with the sum; why each costs what it costs is a key or a click away. */
export function OrderLines({ order }: { order: OrderDetail }) {
  const { t } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  /** The line whose price is told. */
  const [told, setTold] = useState<number | null>(null);
  const virtual = useVirtualizer({
    count: order.lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ORDER_LINE_PX,
    overscan: 6,
  });
  const tell = (at: number | null): void => {
    setTold(at);
    if (at !== null) virtual.scrollToIndex(at, { align: 'auto' });
  };
  useKeys(
    order.lines.length === 0
      ? []
      : [{ chord: 'Alt+W', label: t('story.key'), run: () => tell(told === null ? 0 : null) }],
  );
  if (order.lines.length === 0) return <p className="dim">{t('order.line.noLines')}</p>;
  return (
    <div role="table" aria-label={t('common.lines')} aria-rowcount={order.lines.length + 1} className="order-lines">
      <div role="rowgroup">
        <div role="row" className="order-lines-row order-lines-head" style={{ gridTemplateColumns: ORDER_LINE_TRACKS }}>
          {HEADS.map((head) => (
            <span
              key={head}
              role="columnheader"
              className={NUMBERS.has(head) ? `clip num order-lines-${head}` : 'clip'}
            >
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
              <OrderLineView
                key={place.index}
                line={line}
                at={place.index}
                top={place.start}
                currency={order.currency}
                told={told === place.index}
                onWhy={() => tell(told === place.index ? null : place.index)}
              />
            ) : null;
          })}
          <span
            ref={anchor}
            className="order-lines-anchor"
            style={{ top: (told ?? 0) * ORDER_LINE_PX }}
            aria-hidden="true"
          />
        </div>
      </div>
      <OrderLinesFoot order={order} />
      <OrderLineStory order={order} at={told} anchor={anchor} onTold={tell} />
    </div>
  );
}

function OrderLinesFoot({ order }: { order: OrderDetail }) {
  const { t } = useText();
  return (
    <div role="rowgroup">
      <div role="row" className="order-lines-foot">
        <span role="cell" className="dim">
          {t('common.lineCount', { count: order.lines.length })} ·{' '}
          {t('common.pieceCount', {
            count: order.quantityBase === 1_000 ? 1 : 2,
            text: quantityText(order.quantityBase),
          })}
        </span>
        <span role="cell" className="num order-lines-sums">
          <OrderSums of={order} currency={order.currency} />
          <span className="order-sum">
            <span className="dim">{t('common.total')}</span>{' '}
            <strong>{amountText(order.totalMinor, order.currency)}</strong>{' '}
            <span className="dim small">{order.currency}</span>
          </span>
        </span>
      </div>
    </div>
  );
}
