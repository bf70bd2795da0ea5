/** What was done to an order by itself, until somebody has seen it: its number changed. Nothing is to be mended. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { AttentionItem } from '../../src-main/api/sync-services.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { useKeys } from '../ui/keys.tsx';

export interface NoticeCardProps {
  entry: AttentionItem;
  current: boolean;
  onChoose: () => void;
}

export function NoticeCard({ entry, current, onChoose }: NoticeCardProps) {
  const { t, language } = useText();
  const desk = useDesk();
  const seen = useMutation({ mutationFn: () => desk.attention.dismiss.mutate({ orderId: entry.orderId }) });
  const dismiss = (): void => {
    if (!seen.isPending) seen.mutate();
  };
  useKeys(current ? [{ chord: 'Alt+R', label: t('attention.key.seen'), run: dismiss }] : []);
  return (
    <li
      className={current ? 'attention-card attention-card-current' : 'attention-card'}
      aria-current={current || undefined}
      onMouseDown={onChoose}
    >
      <article className="attention-body" aria-label={entry.number}>
        <header className="attention-head">
          <span className="attention-what tone-needs">
            <Icon name="alert" />
            {t('attention.numberChanged')}
          </span>
          <Link to="/orders" search={{ open: entry.orderId }}>
            {entry.number}
          </Link>
          <span className="clip">{entry.customerName}</span>
        </header>
        {entry.issues.map((issue) => (
          <p key={issue.code}>{issueText(issue, language)}</p>
        ))}
        {seen.error ? (
          <p className="tone-needs" role="alert">
            {errorWords(seen.error, language).sentence}
          </p>
        ) : null}
        <div className="attention-actions">
          <Button type="primary" loading={seen.isPending} onClick={dismiss}>
            {t('attention.seen')}
            {current ? <kbd>Alt+R</kbd> : null}
          </Button>
        </div>
      </article>
    </li>
  );
}
