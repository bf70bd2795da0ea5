import type { RefObject } from 'react';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { thousandthsFromNumber } from '../../../src-shared/domain/quantity.ts';
import { useText } from '../../text/i18n.ts';
import { FloatingDialog } from '../../ui/floating-dialog.tsx';
import type { ToldLine } from '../price-story-rows.ts';
import { PRICE_STORY_HEIGHT_PX, PRICE_STORY_PX, PriceStoryAccount } from '../price-story.tsx';
import type { DraftLine } from './draft.ts';
import type { CheckedRow } from './grid-row-props.ts';
import { readQuantity } from './read-quantity.ts';

export interface LineStoryProps {
  anchor: RefObject<HTMLElement | null>;
  told: boolean;
  line: DraftLine;
  /** The line's place, from 0. */
  at: number;
  checked: CheckedRow | undefined;
  currency: Currency | null;
}

/** Why the line under the cursor costs what it costs. The hands stay in the grid: it follows them from line to line. */
export function LineStory({ anchor, told, line, at, checked, currency }: LineStoryProps) {
  const { t } = useText();
  return (
    <FloatingDialog
      open={told}
      label={t('story.ofLine', { line: at + 1 })}
      anchor={anchor}
      widthPx={PRICE_STORY_PX}
      heightPx={PRICE_STORY_HEIGHT_PX}
    >
      <PriceStoryAccount
        of={toldLine(line, checked, currency)}
        product={line.product ? `${line.product.code} ${line.product.name}` : ''}
      />
    </FloatingDialog>
  );
}

/** `undefined` while the line can't be counted. */
function toldLine(line: DraftLine, checked: CheckedRow | undefined, currency: Currency | null): ToldLine | undefined {
  const { quantity: typed, unit = line.unit } = readQuantity(line.quantity, line.product?.units ?? []);
  const quantity = typeof typed === 'number' ? thousandthsFromNumber(typed) : undefined;
  if (!checked?.story || checked.amountMinor === null || checked.grossMinor === null || quantity === undefined) {
    return undefined;
  }
  const { story, unitPrice, amountMinor, grossMinor } = checked;
  return { story, unit, quantity, unitPrice, amountMinor, grossMinor, currency };
}
