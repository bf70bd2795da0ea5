/** A look ahead: what head office would say to what waits, and holding it back meanwhile. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { DryRunAnswer, DryRunRow, SyncStatus } from '../../src-main/api/sync-services.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { amountText, quantityText, unitPriceText } from './amounts.ts';
import { mutationWords } from './mutation-words.ts';
import type { Tone } from './sync-state-mark.tsx';
import { clockText } from './when.tsx';
import './dry-run-panel.css';

/** Judging five hundred orders takes longer than a usual call. */
const DRY_RUN_DEADLINE_MS = 60_000;

export function DryRunPanel({ status }: { status: SyncStatus }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const look = useMutation({
    mutationFn: () => desk.sync.dryRun.query(undefined, { context: { deadlineMs: DRY_RUN_DEADLINE_MS } }),
  });
  const hold = useMutation({
    mutationFn: (held: boolean) => desk.sync.holdBack.mutate({ hold: held }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync'] }),
  });
  const held = status.heldBack !== null;
  if (status.waiting === 0 && !held && !look.data) return null;
  const failure = look.error ?? hold.error;
  return (
    <section aria-label={t('sync.ahead.title')}>
      <h2>{t('sync.ahead.title')}</h2>
      {held ? <HeldBanner until={status.heldBack?.until ?? null} /> : null}
      {status.reviewOffered && !held ? <p>{t('sync.ahead.offered')}</p> : null}
      <div className="sync-actions">
        <Button loading={look.isPending} disabled={status.waiting === 0} onClick={() => look.mutate()}>
          {t('sync.ahead.look')}
        </Button>
        <Button loading={hold.isPending} type={held ? 'primary' : 'default'} onClick={() => hold.mutate(!held)}>
          {held ? t('sync.ahead.sendNow') : t('sync.ahead.hold')}
        </Button>
        <span className="dim small">{t('sync.ahead.why')}</span>
      </div>
      {failure ? (
        <p className="tone-needs" role="alert">
          {errorWords(failure, language).sentence}
        </p>
      ) : null}
      {look.data ? <DryRunTable answer={look.data} /> : null}
    </section>
  );
}

function HeldBanner({ until }: { until: number | null }) {
  const { t, language } = useText();
  return (
    <p className="held-banner tone-waiting" role="status">
      <Icon name="clock" />
      {until === null ? t('sync.ahead.heldOffline') : t('sync.ahead.heldUntil', { time: clockText(until, language) })}
    </p>
  );
}

function DryRunTable({ answer }: { answer: DryRunAnswer }) {
  const { t, language } = useText();
  const refused = answer.rows.filter((row) => row.outcome !== 'applied').length;
  return (
    <>
      <p role="status">
        {answer.rows.length === 0
          ? t('sync.ahead.nothing')
          : t('sync.ahead.sum', { accepted: answer.rows.length - refused, refused })}{' '}
        <span className="dim">{t('sync.ahead.asOf', { time: clockText(answer.at, language) })}</span>
        {answer.notAsked > 0 ? (
          <span className="dim"> {t('sync.ahead.notAsked', { count: answer.notAsked })}</span>
        ) : null}
      </p>
      {answer.rows.length === 0 ? null : (
        <table className="lines dry-run-table">
          <thead>
            <tr>
              <th>{t('order.number')}</th>
              <th>{t('order.customer')}</th>
              <th>{t('sync.ahead.verdict')}</th>
              <th className="num">{t('sync.ahead.was')}</th>
              <th className="num">{t('sync.ahead.now')}</th>
            </tr>
          </thead>
          <tbody>
            {answer.rows.map((row) => (
              <DryRunLine key={row.mutationId} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const LOOKS: Record<DryRunRow['outcome'], { tone: Tone; icon: IconName }> = {
  applied: { tone: 'settled', icon: 'check' },
  held: { tone: 'waiting', icon: 'clock' },
  refused: { tone: 'needs', icon: 'alert' },
  unreadable: { tone: 'needs', icon: 'alert' },
};

function DryRunLine({ row }: { row: DryRunRow }) {
  const { t } = useText();
  const look = LOOKS[row.outcome];
  const moved = row.totalNowMinor !== null && row.totalNowMinor !== row.totalWasMinor;
  return (
    <tr>
      <td>
        <Link to="/orders" search={{ open: row.orderId }}>
          {row.number}
        </Link>
        <div className="dim small">{mutationWords(t, row.name)}</div>
      </td>
      <td className="clip">{row.customerName}</td>
      <td>
        <span className={`state-mark tone-${look.tone}`}>
          <Icon name={look.icon} />
          {t(`sync.ahead.outcome.${row.outcome}`)}
        </span>
        <DryRunFacts row={row} />
      </td>
      <td className="num">{amountText(row.totalWasMinor, row.currency)}</td>
      <td className={moved ? 'num tone-waiting' : 'num'}>
        {row.totalNowMinor === null ? '' : amountText(row.totalNowMinor, row.currency)}
      </td>
    </tr>
  );
}

/** Prices and stock by line; what else is wrong in the rulebook's words. */
function DryRunFacts({ row }: { row: DryRunRow }) {
  const { t, language } = useText();
  const told = new Set(['price.changed', 'amount.changed', 'stock.short']);
  return (
    <ul className="dry-run-facts small">
      {row.prices.map(({ line, product, was, now }) => (
        <li key={`price-${line}`}>
          {t('attention.line', { line: line + 1, product })}
          {' — '}
          {t('sync.ahead.price', { was: unitPriceText(was, row.currency), now: unitPriceText(now, row.currency) })}
        </li>
      ))}
      {row.amounts.map(({ line, product, wasMinor, nowMinor }) => (
        <li key={`amount-${line}`}>
          {t('attention.line', { line: line + 1, product })}
          {' — '}
          {t('sync.ahead.amount', { was: amountText(wasMinor, row.currency), now: amountText(nowMinor, row.currency) })}
        </li>
      ))}
      {row.stock.map(({ line, product, wantedBase, availableBase }) => (
        <li key={`stock-${line}`}>
          {t('attention.line', { line: line + 1, product })}
          {' — '}
          {t('sync.ahead.stock', { wanted: quantityText(wantedBase), left: quantityText(Math.max(0, availableBase)) })}
        </li>
      ))}
      {row.issues
        .filter((issue) => !told.has(issue.code))
        .map((issue) => (
          <li key={`${issue.code}/${issue.path.join('/')}`}>{issueText(issue, language)}</li>
        ))}
    </ul>
  );
}
