import { Button } from 'antd';
import type { CheckAnswer } from '../../../src-main/api/desk-services.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { amountText, quantityText } from '../amounts.ts';
import { OrderSums } from '../order-sums.tsx';

export interface TotalsBarProps {
  answer: CheckAnswer | undefined;
  problems: number;
  /** Somebody is asked to look at what the customer owes. */
  approval: boolean;
  /** None of them would stop a save. */
  onlyDoubts: boolean;
  onNextProblem: () => void;
  onSave: () => void;
  busy: boolean;
  amends: boolean;
}

/** Lines, pieces, what the total is made of; how many problems there are; saving. */
export function TotalsBar(props: TotalsBarProps) {
  const { answer, problems, approval, onlyDoubts, onNextProblem, onSave, busy, amends } = props;
  const { t } = useText();
  const lines = answer?.lines.length ?? 0;
  const pieces = (answer?.lines ?? []).reduce((sum, line) => sum + (line?.quantityBase ?? 0), 0);
  return (
    <div className="totals">
      {problems > 0 ? (
        <button
          type="button"
          className={`link-button totals-problems tone-${onlyDoubts ? 'waiting' : 'needs'}`}
          onClick={onNextProblem}
        >
          <Icon name="alert" />
          {t('editor.problems', { count: problems })}
          <kbd>F7</kbd>
        </button>
      ) : null}
      <span className="dim">
        {t('common.lineCount', { count: lines })} ·{' '}
        {t('common.pieceCount', { count: pieces === 1_000 ? 1 : 2, text: quantityText(pieces) })}
      </span>
      {answer?.credit ? <CreditLeft credit={answer.credit} of={answer} approval={approval} /> : null}
      {answer ? <OrderSums of={answer} currency={answer.currency} /> : null}
      <span className="totals-total" aria-live="off">
        <span className="dim">{t('editor.total')}</span>
        <output aria-label={t('editor.total')}>{amountText(answer?.totalMinor ?? 0, answer?.currency ?? null)}</output>
        <span className="dim small">{answer?.currency ?? ''}</span>
      </span>
      <Button type="primary" onClick={onSave} loading={busy}>
        {t(amends ? 'editor.saveAmend' : 'editor.save')}
        <kbd>F8</kbd>
      </Button>
    </div>
  );
}

/** What the customer may still owe when this order is saved. */
function CreditLeft({
  credit: { limitMinor, usedMinor },
  of: { totalMinor, currency },
  approval,
}: {
  credit: NonNullable<CheckAnswer['credit']>;
  of: Pick<CheckAnswer, 'totalMinor' | 'currency'>;
  approval: boolean;
}) {
  const { t } = useText();
  if (limitMinor === null) return null;
  const left = limitMinor - usedMinor - totalMinor;
  return (
    <span className={left < 0 ? 'tone-needs' : 'dim'}>
      {t(left < 0 ? 'credit.over' : 'credit.left', { amount: amountText(Math.abs(left), currency) })}
      {approval ? ` · ${t('credit.approval')}` : null}
    </span>
  );
}
