/** A price's story as rows that are read from the top and added up: from what the list says to what is paid. Pure. */
import type { PriceStory } from '../../src-main/api/desk-services.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { useText } from '../text/i18n.ts';
import { amountText, quantityText, rateText, unitPriceText } from './amounts.ts';

/** A line whose price is told. */
export interface ToldLine {
  story: PriceStory;
  unit: string;
  /** Thousandths of the unit. */
  quantity: number;
  unitPrice: number;
  amountMinor: number;
  grossMinor: number;
  currency: Currency | null;
}

export interface StoryRow {
  /** Tells it from the others of the story. */
  id: string;
  /** `aside`: is in the sum already. */
  kind: 'step' | 'off' | 'sum' | 'aside';
  what: string;
  /** More about it, a sentence each. */
  notes: string[];
  value: string;
}

interface Words {
  t: ReturnType<typeof useText>['t'];
  unitName: (unit: string) => string;
}

export function storyRows(of: ToldLine, words: Words): StoryRow[] {
  return [listRow(of, words), ...manualRows(of, words), ...amountRows(of, words), ...paidRows(of, words)];
}

function listRow({ story, unit, currency }: ToldLine, { t, unitName }: Words): StoryRow {
  const { rev, validFrom, tierQuantity, tierUnit } = story;
  const notes: string[] = [];
  if (tierQuantity !== null) {
    notes.push(t('story.tier', { quantity: quantityText(tierQuantity), unit: unitName(tierUnit ?? unit) }));
  }
  if (rev !== null) {
    notes.push(validFrom === null ? t('story.version', { rev }) : t('story.versionSince', { rev, day: validFrom }));
  }
  return {
    id: 'list',
    kind: 'step',
    what: [t(`story.of.${story.of}`), story.listName].filter((part) => part !== '').join(' · '),
    notes,
    value: t('story.each', { price: unitPriceText(story.listUnitPrice, currency), unit: unitName(unit) }),
  };
}

function manualRows({ story, unit, unitPrice, currency }: ToldLine, { t, unitName }: Words): StoryRow[] {
  const { manualReason: reason, manualBy: name } = story;
  if (reason === null) return [];
  return [
    {
      id: 'byHand',
      kind: 'step',
      what: name === null ? t('story.byHand') : t('story.byHandOf', { name }),
      notes: reason.trim() === '' ? [] : [t('story.reason', { reason })],
      value: t('story.each', { price: unitPriceText(unitPrice, currency), unit: unitName(unit) }),
    },
  ];
}

function amountRows({ story, amountMinor, currency, ...line }: ToldLine, { t, unitName }: Words): StoryRow[] {
  const beforeMinor = story.discounts.reduce((sum, { minor }) => sum + minor, amountMinor);
  const [quantity, price] = [quantityText(line.quantity), unitPriceText(line.unitPrice, currency)];
  return [
    {
      id: 'amount',
      kind: 'step',
      what: t('story.times', { quantity, unit: unitName(line.unit), price }),
      notes: [],
      value: amountText(beforeMinor, currency),
    },
    ...story.discounts.map(({ code, name, minor }, at): StoryRow => ({
      id: `off ${at}`,
      kind: 'off',
      what: name || code || t('order.line.promotion'),
      notes: [],
      value: `−${amountText(minor, currency)}`,
    })),
  ];
}

function paidRows({ story, grossMinor, currency }: ToldLine, { t }: Words): StoryRow[] {
  const paid: StoryRow = {
    id: 'paid',
    kind: 'sum',
    what: t('story.pays'),
    notes: [],
    value: amountText(grossMinor, currency),
  };
  if (story.taxBasisPoints === null) return [paid];
  const rate = rateText(story.taxBasisPoints);
  const tax = amountText(story.taxMinor ?? 0, currency);
  return story.taxIncluded
    ? [paid, { id: 'tax', kind: 'aside', what: t('story.taxIn', { rate }), notes: [], value: tax }]
    : [{ id: 'tax', kind: 'step', what: t('story.taxOn', { rate }), notes: [], value: `+${tax}` }, paid];
}
