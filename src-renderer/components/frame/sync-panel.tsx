import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { QueueEntry } from '../../../src-main/api/sync-services.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { errorWords } from '../../desk/error-words.ts';
import { syncQueue, syncStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { amountText } from '../amounts.ts';
import { mutationWords } from '../mutation-words.ts';
import { versionReason, waitReasonWords } from '../reason-words.ts';
import { WaitsFor } from '../set-aside.tsx';
import { SyncStateMark } from '../sync-state-mark.tsx';
import { When } from '../when.tsx';
import './sync-panel.css';

/** What waits, and why, with trying at once. */
export function SyncPanel({ onLeave }: { onLeave: () => void }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const { data: queue, error } = useQuery(syncQueue(desk));
  const { data: status } = useQuery(syncStatus(desk));
  const tryNow = useMutation({
    mutationFn: () => desk.sync.now.mutate(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync'] }),
  });
  const failure = error ?? tryNow.error;
  const differs = status && versionReason(status);
  return (
    <section className="sync-panel" aria-label={t('sync.panel.title')}>
      <h2>{t('sync.panel.title')}</h2>
      {status?.link === 'offline' ? <p className="dim small">{t('sync.panel.offlineWhy')}</p> : null}
      {differs === undefined ? null : <p className="tone-needs small">{t(`sync.panel.versionWhy.${differs}`)}</p>}
      {failure ? <p className="tone-needs">{errorWords(failure, language).sentence}</p> : null}
      {queue?.length === 0 ? <p className="sync-panel-empty dim">{t('sync.panel.empty')}</p> : null}
      <QueueList queue={queue ?? []} onLeave={onLeave} />
      <footer>
        <Link to="/sync" onClick={onLeave}>
          {t('sync.panel.open')}
        </Link>
        <Button loading={tryNow.isPending} onClick={() => tryNow.mutate()}>
          {tryNow.isPending ? t('sync.panel.trying') : t('sync.panel.tryNow')}
        </Button>
      </footer>
    </section>
  );
}

interface QueueListProps {
  queue: readonly QueueEntry[];
  /** Beside the order itself, whose number needs no repeating. */
  ofOneOrder?: boolean;
  onLeave?: () => void;
}

export function QueueList({ queue, ofOneOrder = false, onLeave }: QueueListProps) {
  const { t, language } = useText();
  return (
    <ul className="queue">
      {queue.map((entry) => (
        <li key={entry.mutationId}>
          {ofOneOrder ? null : (
            <div className="queue-line">
              <Link to="/orders" search={{ open: entry.orderId }} {...(onLeave ? { onClick: onLeave } : {})}>
                {entry.number}
              </Link>
              <span className="clip">{entry.customerName}</span>
              <span className="num">{amountText(entry.totalMinor, entry.currency)}</span>
            </div>
          )}
          <div className="queue-line small">
            <SyncStateMark state={entry.state} />
            <span className="clip dim">
              {mutationWords(t, entry.name)} ·{' '}
              {entry.attempts === 0 ? t('sync.panel.notSent') : t('sync.panel.attempts', { count: entry.attempts })}
            </span>
            <span className="dim num">
              <When at={entry.madeAt} />
            </span>
          </div>
          {entry.issues[0] ? <p className="tone-needs small">{issueText(entry.issues[0], language)}</p> : null}
          {entry.reason === null ? null : (
            <p className="tone-waiting small" title={entry.reason}>
              {waitReasonWords(t, entry.reason)}
            </p>
          )}
          <WaitsFor entry={entry} />
        </li>
      ))}
    </ul>
  );
}
