import type { KeyboardEvent, RefObject } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { thousandthsFromNumber } from '../../src-shared/domain/quantity.ts';
import { useText } from '../text/i18n.ts';
import { FloatingDialog } from '../ui/floating-dialog.tsx';
import { PRICE_STORY_HEIGHT_PX, PRICE_STORY_PX, PriceStoryAccount } from './price-story.tsx';

export interface OrderLineStoryProps {
  order: OrderDetail;
  /** The line's place, from 0; null while none is told. */
  at: number | null;
  anchor: RefObject<HTMLElement | null>;
  /** Goes to another line; null: it is closed. */
  onTold: (at: number | null) => void;
}

/** Why a line of an order costs what it costs: arrows go from line to line, Escape closes, and so does going elsewhere. */
export function OrderLineStory({ order, at, anchor, onTold }: OrderLineStoryProps) {
  const { t } = useText();
  const line = at === null ? undefined : order.lines[at];
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    if (key === 'Escape') onTold(null);
    else if (key === 'ArrowDown') onTold(Math.min(order.lines.length - 1, (at ?? 0) + 1));
    else if (key === 'ArrowUp') onTold(Math.max(0, (at ?? 0) - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <FloatingDialog
      open={line !== undefined}
      label={t('story.ofLine', { line: (at ?? 0) + 1 })}
      anchor={anchor}
      widthPx={PRICE_STORY_PX}
      heightPx={PRICE_STORY_HEIGHT_PX}
      keys={{ onKeyDown, onLeft: () => onTold(null) }}
    >
      {line ? (
        <PriceStoryAccount
          of={{ ...line, quantity: thousandthsFromNumber(line.quantity) ?? 0, currency: order.currency }}
          product={`${line.productCode} ${line.productName}`}
        />
      ) : null}
    </FloatingDialog>
  );
}
