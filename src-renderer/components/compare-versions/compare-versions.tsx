/**
 * Two people have changed one order: what differs, side by side, and for each difference a choice. What only one of them
 * changed is chosen already; what both did waits for the person. Nothing is saved here.
 */
import { Button } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { thousandthsFromNumber } from '../../../src-shared/domain/quantity.ts';
import { errorWords } from '../../desk/error-words.ts';
import { useText } from '../../text/i18n.ts';
import { useKeys } from '../../ui/keys.tsx';
import { quantityText, unitPriceText } from '../amounts.ts';
import type { OrderDraft } from '../order-editor/draft.ts';
import { useUnitName } from '../use-unit-name.ts';
import { When } from '../when.tsx';
import {
  compareVersions,
  mergedDraft,
  type LineOf,
  type Side,
  type SideValue,
  type VersionDifference,
  type Versions,
} from './versions.ts';
import './compare-versions.css';

const SIDES: readonly Side[] = ['theirs', 'ours'];

export interface CompareVersionsProps {
  number: string;
  draft: OrderDraft;
  versions: Versions;
  /** Undefined where all is theirs: there is nothing to save. */
  onChosen: (draft: OrderDraft | undefined) => void;
  onBack: () => void;
  /** Of the last try to leave it as it is. */
  failure: unknown;
}

export function CompareVersions({ number, draft, versions, onChosen, onBack, failure }: CompareVersionsProps) {
  const { t, language } = useText();
  const differences = useMemo(() => compareVersions(draft, versions), [draft, versions]);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Side>>(
    () => new Map(differences.flatMap(({ key, madeBy }) => (madeBy ? [[key, madeBy] as const] : []))),
  );
  const [asked, setAsked] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  const open = differences.filter(({ key }) => !chosen.has(key));
  const [firstOpen] = open;
  const allTheirs = differences.every(({ key }) => chosen.get(key) === 'theirs');
  const begin = useRef(firstOpen ?? differences[0]);
  // Where the hands begin; from then on they go where they like.
  useEffect(() => focusOn(table.current, begin.current?.key), []);
  const choose = (key: string, side: Side): void => setChosen((before) => new Map(before).set(key, side));
  const chooseAll = (side: Side): void => setChosen(new Map(differences.map(({ key }) => [key, side])));
  const goOn = (): void => {
    if (!firstOpen) return onChosen(allTheirs ? undefined : mergedDraft(draft, versions, chosen));
    setAsked(true);
    focusOn(table.current, firstOpen.key);
  };
  useKeys([
    { chord: 'Alt+T', label: t('compare.key.theirs'), run: () => chooseAll('theirs') },
    { chord: 'Alt+O', label: t('compare.key.ours'), run: () => chooseAll('ours') },
    { chord: 'F8', label: t('compare.key.goOn'), run: goOn },
    { chord: 'Alt+Backspace', label: t('editor.key.back'), run: onBack },
  ]);
  const { by } = versions;
  const user = by?.userName ?? t('compare.somebody');
  return (
    <section className="compare" aria-label={t('compare.title', { number })}>
      <header>
        <h2>{t('compare.head', { user, number })}</h2>
        <p className="dim">
          {[user, by?.deviceName ?? ''].filter((part) => part !== '').join(' · ')}
          {by ? ' · ' : null}
          {by ? <When at={by.at} /> : null}
        </p>
        <p>{t('compare.nothingLost')}</p>
      </header>
      <table className="lines compare-table" ref={table}>
        <thead>
          <tr>
            <th>{t('compare.what')}</th>
            <th>{t('compare.before')}</th>
            <th>{t('compare.theirs', { user })}</th>
            <th>{t('compare.ours')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((each) => (
            <DifferenceRow
              key={each.key}
              difference={each}
              versions={versions}
              chosen={chosen.get(each.key)}
              missing={asked && !chosen.has(each.key)}
              onChoose={(side) => choose(each.key, side)}
            />
          ))}
        </tbody>
      </table>
      {failure ? (
        <p className="tone-needs" role="alert">
          {errorWords(failure, language).sentence}
        </p>
      ) : null}
      <footer>
        <p className={open.length > 0 ? 'tone-waiting' : 'dim'} role="status">
          {open.length > 0
            ? t('compare.open', { count: open.length })
            : t(allTheirs ? 'compare.leftNext' : 'compare.checkedNext')}
        </p>
        <Button onClick={() => chooseAll('theirs')}>
          {t('compare.allTheirs', { user })} <kbd>Alt+T</kbd>
        </Button>
        <Button onClick={() => chooseAll('ours')}>
          {t('compare.allOurs')} <kbd>Alt+O</kbd>
        </Button>
        <Button type="primary" onClick={goOn}>
          {allTheirs ? t('compare.leave', { user }) : t('compare.goOn')} <kbd>F8</kbd>
        </Button>
      </footer>
    </section>
  );
}

function focusOn(table: HTMLTableElement | null, key = ''): void {
  table?.querySelector<HTMLInputElement>(`[data-difference="${CSS.escape(key)}"] input`)?.focus();
}

interface DifferenceRowProps {
  difference: VersionDifference;
  versions: Versions;
  chosen: Side | undefined;
  /** It was to go on, and this is yet to be chosen. */
  missing: boolean;
  onChoose: (side: Side) => void;
}

function DifferenceRow({ difference, versions, chosen, missing, onChoose }: DifferenceRowProps) {
  const { t } = useText();
  const valueText = useValueText(versions);
  const { key, what, product } = difference;
  const name = product
    ? `${product.code} ${product.name}`.trim()
    : t(what === 'note' ? 'order.note' : 'order.customer');
  return (
    <tr data-difference={key} aria-label={name} className={chosen === undefined ? 'compare-open' : undefined}>
      <td>
        {name}
        {missing ? <div className="tone-needs small">{t('compare.choose')}</div> : null}
      </td>
      <td className="dim">{versions.base ? valueText(difference.before, what) : t('compare.notKnown')}</td>
      {SIDES.map((side) => (
        <td key={side}>
          <label className="compare-choice">
            <input
              type="radio"
              name={`difference ${key}`}
              checked={chosen === side}
              aria-invalid={missing || undefined}
              onChange={() => onChoose(side)}
            />
            <span>{valueText(difference[side], what)}</span>
          </label>
        </td>
      ))}
    </tr>
  );
}

function useValueText({
  currency,
}: Versions): (value: SideValue | undefined, what: VersionDifference['what']) => string {
  const { t } = useText();
  const unitName = useUnitName();
  const lineText = ({ quantity, unit, manual }: LineOf): string => {
    const thousandths = typeof quantity === 'number' ? thousandthsFromNumber(quantity) : undefined;
    const amount = `${thousandths === undefined ? quantity : quantityText(thousandths)} ${unitName(unit)}`;
    if (!manual) return amount;
    const price = typeof manual.unitPrice === 'number' ? unitPriceText(manual.unitPrice, currency) : manual.unitPrice;
    return t('compare.byHand', { amount, price, reason: manual.reason });
  };
  return (value, what) => {
    if (!value) return what === 'line' ? t('compare.noLine') : '';
    if ('line' in value) return lineText(value.line);
    return value.text === '' ? t('compare.empty') : value.text;
  };
}
