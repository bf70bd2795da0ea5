import { Button } from 'antd';
import type { CheckAnswer } from '../../../src-main/api/desk-services.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { amountText, quantityText } from '../amounts.ts';
import { OrderSums } from '../order-sums.tsx';

export interface TotalsBarProps {
  answer: CheckAnswer | undefined;
  problems: number;
  /** None of them would stop a save. */
  onlyDoubts: boolean;
  onNextProblem: () => void;
  onSave: () => void;
  busy: boolean;
  amends: boolean;
}

/** Lines, pieces, what the total is made of; how many problems there are; saving. */
export function TotalsBar({ answer, problems, onlyDoubts, onNextProblem, onSave, busy, amends }: TotalsBarProps) {
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
