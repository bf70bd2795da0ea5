import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import type { DayBook, DayComparison, DayDifference } from '../../src-shared/domain/day-book.ts';
import { amountText } from '../components/amounts.ts';
import { ErrorBlock } from '../components/error-block.tsx';
import { clockText } from '../components/when.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { appErrorOf, errorWords } from '../desk/error-words.ts';
import { sessionState } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { useKeys } from '../ui/keys.tsx';
import { StateBlock } from '../ui/state-block.tsx';
import { useNow } from '../ui/use-now.ts';
import './daily-check.css';

/** Catching up and counting on both sides takes longer than a usual call; putting right may fetch a month. */
const DEADLINE_MS = 120_000;
const DAY_SHAPE = 'YYYY-MM-DD';

/** The books of a business day, here and at head office: are they the same, and if not, which order is it? */
export function DailyCheckPage() {
  const { t } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const { data: session } = useQuery(sessionState(desk));
  const today = businessDay(useNow(), session?.branch?.timeZone ?? 'UTC');
  const [chosen, choose] = useState<string>();
  const day = chosen ?? today;
  const step = (days: number): void => choose(dayjs(day).add(days, 'day').format(DAY_SHAPE));
  const queryKey = ['daily-check', day];
  const context = { deadlineMs: DEADLINE_MS };
  const { data, error, isFetching, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => desk.sync.compareDay.query({ day }, { signal, context }),
    enabled: session?.branch !== undefined,
    retry: false,
    // What was compared says when; it is compared again when somebody asks.
    staleTime: Infinity,
    gcTime: 0,
  });
  const mend = useMutation({
    mutationFn: () => desk.sync.mendDay.mutate({ day }, { context }),
    onSuccess: (result) => queries.setQueryData(queryKey, result),
  });
  const compare = (): void => {
    mend.reset();
    void refetch();
  };
  const mayMend = data !== undefined && !data.equal && !mend.isPending;
  useKeys([
    { chord: 'F9', label: t('daily.compare'), run: compare },
    { chord: 'PageUp', label: t('daily.before'), run: () => step(-1) },
    ...(day < today ? [{ chord: 'PageDown', label: t('daily.after'), run: () => step(1) }] : []),
    ...(mayMend ? [{ chord: 'F8', label: t('daily.mend'), run: () => mend.mutate() }] : []),
  ]);
  return (
    <div className="daily-check">
      <div className="daily-check-bar">
        <Button aria-label={t('daily.before')} onClick={() => step(-1)}>
          ←
        </Button>
        <DatePicker
          aria-label={t('daily.day')}
          allowClear={false}
          value={dayjs(day)}
          maxDate={dayjs(today)}
          onChange={(picked: dayjs.Dayjs | null) => picked && choose(picked.format(DAY_SHAPE))}
        />
        <Button aria-label={t('daily.after')} disabled={day >= today} onClick={() => step(1)}>
          →
        </Button>
        <Button loading={isFetching} onClick={compare}>
          {isFetching ? t('daily.comparing') : t('daily.compare')} <kbd>F9</kbd>
        </Button>
        <span className="dim small">{session?.branch?.name}</span>
      </div>
      {error && !isFetching ? <NotCompared error={error} day={day} retry={compare} /> : null}
      {data && !error ? (
        <Compared of={data} isMended={mend.isSuccess} mending={mend.isPending} mend={() => mend.mutate()} />
      ) : null}
      {mend.error ? <MendFailed error={mend.error} /> : null}
    </div>
  );
}

function NotCompared({ error, day, retry }: { error: unknown; day: string; retry: () => void }) {
  const { t } = useText();
  if (appErrorOf(error)?.code !== 'NOT_FOUND') return <ErrorBlock error={error} retry={retry} />;
  return <StateBlock what={t('daily.notKept', { day })} why={t('daily.notKeptWhy')} />;
}

function MendFailed({ error }: { error: unknown }) {
  const { language } = useText();
  return (
    <p className="tone-needs" role="alert">
      {errorWords(error, language).sentence}
    </p>
  );
}

interface ComparedProps {
  of: DayComparison;
  isMended: boolean;
  mending: boolean;
  mend: () => void;
}

function Compared({ of, isMended, mending, mend }: ComparedProps) {
  const { t, language } = useText();
  const { here, central, equal, differing, unsettled } = of;
  const count = differing?.length ?? 0;
  const told = { count: here.orders, totals: totalsText(here) };
  return (
    <section aria-live="polite">
      <p className={`daily-check-said state-mark ${equal ? 'tone-settled' : 'tone-needs'}`} role="status">
        <Icon name={equal ? 'check' : 'alert'} />
        {equal ? t('daily.equal', told) : differing ? t('daily.different', { count }) : t('daily.tooMany')}
        <span className="dim small">
          {isMended ? t('daily.mended') : null} {t('daily.at', { time: clockText(of.at, language) })}
        </span>
      </p>
      <table className="lines daily-check-books">
        <thead>
          <tr>
            <td />
            <th className="num">{t('daily.here')}</th>
            <th className="num">{t('daily.central')}</th>
          </tr>
        </thead>
        <tbody>
          <Row name={t('daily.orders')} here={String(here.orders)} central={String(central.orders)} />
          <Row name={t('daily.cancelled')} here={String(here.cancelled)} central={String(central.cancelled)} />
          <Row name={t('daily.total')} here={totalsText(here)} central={totalsText(central)} />
        </tbody>
      </table>
      {unsettled.orders + unsettled.cancelled > 0 ? (
        <p className="daily-check-unsettled tone-waiting">
          <Icon name="clock" />{' '}
          {t('daily.unsettled', { count: unsettled.orders + unsettled.cancelled, totals: totalsText(unsettled) })}{' '}
          <Link to="/sync">{t('daily.unsettledLook')}</Link>
        </p>
      ) : null}
      {equal ? null : (
        <>
          {differing && differing.length > 0 ? <Differences of={differing} /> : null}
          <div className="daily-check-mend">
            <Button type="primary" loading={mending} onClick={mend}>
              {t('daily.mend')} <kbd>F8</kbd>
            </Button>
            <span className="dim small">{t('daily.mendWhy')}</span>
          </div>
        </>
      )}
    </section>
  );
}

function Row({ name, here, central }: { name: string; here: string; central: string }) {
  return (
    <tr>
      <td>{name}</td>
      <td className="num">{here}</td>
      <td className={here === central ? 'num' : 'num tone-needs'}>{central}</td>
    </tr>
  );
}

function Differences({ of }: { of: readonly DayDifference[] }) {
  const { t } = useText();
  const sum = (minor: number | null, { currency }: DayDifference): string =>
    minor === null ? t('common.none') : amountText(minor, currency);
  return (
    <table className="lines daily-check-differing">
      <thead>
        <tr>
          <th>{t('daily.number')}</th>
          <th>{t('daily.fault')}</th>
          <th className="num">{t('daily.here')}</th>
          <th className="num">{t('daily.central')}</th>
        </tr>
      </thead>
      <tbody>
        {of.map((each) => (
          <tr key={each.orderId}>
            <td className="mono">
              {each.fault === 'missing' ? (
                each.number
              ) : (
                <Link to="/orders" search={{ open: each.orderId }}>
                  {each.number}
                </Link>
              )}
            </td>
            <td>{t(`daily.faults.${each.fault}`)}</td>
            <td className="num">{sum(each.hereMinor, each)}</td>
            <td className="num">{sum(each.centralMinor, each)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "43,210.55"; where there are several currencies, each with its code. */
function totalsText({ totals }: DayBook): string {
  const [first, ...others] = totals;
  if (!first) return amountText(0, null);
  if (others.length === 0) return amountText(first.minor, first.currency);
  return totals.map(({ currency, minor }) => `${amountText(minor, currency)} ${currency}`).join(' + ');
}
