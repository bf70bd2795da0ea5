import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { SyncStatus, VerifyAnswer } from '../../src-main/api/sync-services.ts';
import { DryRunPanel } from '../components/dry-run-panel.tsx';
import { ErrorBlock } from '../components/error-block.tsx';
import { QueueList } from '../components/frame/sync-panel.tsx';
import { kindWords } from '../components/kind-words.ts';
import { SyncAlarms } from '../components/sync-alarms.tsx';
import { linkReasonWords } from '../components/reason-words.ts';
import { SafetyFacts } from '../components/safety/safety-facts.tsx';
import { saveFile } from '../components/save-file.ts';
import { clockText, exactText, useSpanText, When } from '../components/when.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { sessionState, syncQueue, syncStatus } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { useKeys } from '../ui/keys.tsx';
import './sync.css';

/** Nearer than this two clocks are the same to a person. */
const CLOCK_AGREES_MS = 2_000;
/** Recounting every row on both sides takes longer than a usual call. */
const VERIFY_DEADLINE_MS = 120_000;

export function SyncPage() {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const { data: status, error, refetch } = useQuery(syncStatus(desk));
  const { data: queue = [] } = useQuery(syncQueue(desk));
  const tryNow = useMutation({
    mutationFn: () => desk.sync.now.mutate(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync'] }),
  });
  const verify = useMutation({
    mutationFn: () => desk.sync.verify.query(undefined, { context: { deadlineMs: VERIFY_DEADLINE_MS } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync', 'alarms'] }),
  });
  const takeOut = useMutation({ mutationFn: () => desk.sync.ordersOut.query(), onSuccess: saveFile });
  useKeys([{ chord: 'F9', label: t('sync.panel.tryNow'), run: () => tryNow.mutate() }]);
  if (!status) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  const failure = tryNow.error ?? verify.error ?? takeOut.error;
  return (
    <div className="sync-page">
      <section>
        <StatusFacts status={status} />
        <SafetyFacts />
        <div className="sync-actions">
          <Button loading={tryNow.isPending} onClick={() => tryNow.mutate()}>
            {t('sync.panel.tryNow')} <kbd>F9</kbd>
          </Button>
          <Button loading={verify.isPending} onClick={() => verify.mutate()}>
            {verify.isPending ? t('sync.page.verifying') : t('sync.page.verify')}
          </Button>
          <span className="dim small">{t('sync.page.verifyWhy')}</span>
        </div>
        {failure ? (
          <p className="tone-needs" role="alert">
            {errorWords(failure, language).sentence}
          </p>
        ) : null}
        {verify.data ? <VerifyResult result={verify.data} /> : null}
        <SyncAlarms />
      </section>
      <div className="sync-page-queue">
        <DryRunPanel status={status} />
        <section>
          <h2>{t('sync.panel.title')}</h2>
          {queue.length === 0 ? <p className="dim">{t('sync.panel.empty')}</p> : <QueueList queue={queue} />}
          {queue.length === 0 ? null : (
            <div className="sync-actions">
              <Button loading={takeOut.isPending} onClick={() => takeOut.mutate()}>
                {t('sync.page.ordersOut')}
              </Button>
              <span className="dim small">{t('sync.page.ordersOutWhy')}</span>
            </div>
          )}
        </section>
      </div>
    </div>
  );
}

function StatusFacts({ status }: { status: SyncStatus }) {
  const { t, language } = useText();
  const span = useSpanText();
  const { data: session } = useQuery(sessionState(useDesk()));
  const tone = status.link === 'online' ? 'settled' : status.link === 'blocked' ? 'needs' : 'waiting';
  const icon = status.link === 'online' ? 'check' : status.link === 'blocked' ? 'alert' : 'clock';
  const unknown = <span className="dim">{t('sync.page.unknown')}</span>;
  return (
    <dl className="facts sync-facts">
      <Fact name={t('sync.page.line')}>
        <span className={`state-mark tone-${tone}`}>
          <Icon name={icon} />
          {t(`sync.link.${status.link}`)}
        </span>{' '}
        <span className="dim" title={exactText(status.linkSince, language)}>
          {t('sync.page.since', { time: clockText(status.linkSince, language) })}
        </span>
        {status.linkReason === null ? null : <span className="dim"> · {linkReasonWords(t, status.linkReason)}</span>}
      </Fact>
      <Fact name={t('sync.page.waiting')}>
        {status.waiting}
        {status.oldestWaitingMs === null ? null : (
          <span className="dim"> · {t('sync.page.oldest', { age: span(status.oldestWaitingMs) })}</span>
        )}
      </Fact>
      {status.stall === null ? null : (
        <Fact name={t('sync.page.stall')}>
          {t(`sync.stalls.${status.stall.reason}`)} <span className="dim">{span(status.stall.forMs)}</span>
        </Fact>
      )}
      <Fact name={t('sync.page.needsYou')}>{status.needsAttention}</Fact>
      <Fact name={t('sync.page.asOf')}>{status.asOf === null ? unknown : <When at={status.asOf} />}</Fact>
      {status.feedHeldSince === null ? null : (
        <Fact name={t('sync.page.feedHeld')}>
          <span className="tone-waiting">
            {t('sync.page.feedHeldSince', { time: clockText(status.feedHeldSince, language) })}
          </span>
        </Fact>
      )}
      <Fact name={t('sync.page.roundTrip')}>
        {status.roundTripMs === null ? unknown : `${Math.round(status.roundTripMs)} ms`}
      </Fact>
      <Fact name={t('sync.page.clock')}>
        {status.clockOffsetMs === null ? unknown : <Clock offsetMs={status.clockOffsetMs} />}
      </Fact>
      <Fact name={t('sync.page.desk')}>
        {session?.device?.name} <span className="dim">{session?.device?.incarnationCode}</span>
      </Fact>
      <Fact name={t('sync.page.branch')}>{session?.branch?.name}</Fact>
      <Fact name={t('sync.page.cursor')}>
        <span className="mono">{status.cursor}</span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Clock({ offsetMs }: { offsetMs: number }) {
  const { t } = useText();
  const span = useSpanText();
  if (Math.abs(offsetMs) < CLOCK_AGREES_MS) return t('sync.page.clockRight');
  return (
    <span className="tone-waiting">
      {t(offsetMs > 0 ? 'sync.page.clockBehind' : 'sync.page.clockAhead', { span: span(Math.abs(offsetMs)) })}
    </span>
  );
}

function VerifyResult({ result }: { result: VerifyAnswer }) {
  const { t } = useText();
  const kinds = [...new Set([...Object.keys(result.central), ...Object.keys(result.here)])].toSorted();
  return (
    <div className="verify" role="status">
      <p className={result.equal ? 'state-mark tone-settled' : 'state-mark tone-needs'}>
        <Icon name={result.equal ? 'check' : 'alert'} />
        {result.equal ? t('sync.page.equal') : t('sync.page.different', { count: result.different.length })}
      </p>
      <table className="lines verify-table">
        <thead>
          <tr>
            <th>{t('sync.page.kind')}</th>
            <th className="num">{t('sync.page.here')}</th>
            <th className="num">{t('sync.page.central')}</th>
            <th className="num">{t('sync.page.result')}</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <td>{kindWords(t, kind)}</td>
              <td className="num">{(result.here[kind]?.rows ?? 0).toLocaleString('en')}</td>
              <td className="num">{(result.central[kind]?.rows ?? 0).toLocaleString('en')}</td>
              <td className={result.different.includes(kind) ? 'num tone-needs' : 'num tone-settled'}>
                {t(result.different.includes(kind) ? 'sync.page.differs' : 'sync.page.same')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
