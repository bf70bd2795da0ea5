/** What was done to an order by itself, until somebody has seen it: its number changed. Nothing is to be mended. */
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { useText } from '../text/i18n.ts';
import { useKeys } from '../ui/keys.tsx';
import { AttentionEntry, type AttentionCardProps } from './attention-entry.tsx';

export function NoticeCard(card: AttentionCardProps) {
  const { entry, current } = card;
  const { t, language } = useText();
  const desk = useDesk();
  const seen = useMutation({ mutationFn: () => desk.attention.dismiss.mutate({ orderId: entry.orderId }) });
  const dismiss = (): void => {
    if (!seen.isPending) seen.mutate();
  };
  useKeys(current ? [{ chord: 'Alt+R', label: t('attention.key.seen'), run: dismiss }] : []);
  return (
    <AttentionEntry
      {...card}
      what={t('attention.numberChanged')}
      failure={seen.error}
      actions={
        <div className="attention-actions">
          <Button type="primary" loading={seen.isPending} onClick={dismiss}>
            {t('attention.seen')}
            {current ? <kbd>Alt+R</kbd> : null}
          </Button>
        </div>
      }
    >
      {entry.issues.map((issue) => (
        <p key={issue.code}>{issueText(issue, language)}</p>
      ))}
    </AttentionEntry>
  );
}
