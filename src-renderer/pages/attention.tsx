import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { AttentionCard } from '../components/attention-card.tsx';
import { NoticeCard } from '../components/notice-card.tsx';
import { ErrorBlock } from '../components/error-block.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { attentionList } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { StateBlock } from '../ui/state-block.tsx';
import './attention.css';

/** What head office refused, with what would mend it. Arrows go from one to the next; the keys act on the one marked. */
export function AttentionPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(attentionList(useDesk()));
  const [chosen, setChosen] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const at = Math.max(0, data?.findIndex(({ mutationId }) => mutationId === chosen) ?? 0);
  const current = data?.[at]?.mutationId;
  const listed = data !== undefined;
  useEffect(() => {
    if (listed) list.current?.focus();
  }, [listed]);
  if (!data) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  if (data.length === 0) {
    return (
      <StateBlock
        what={t('attention.empty')}
        why={t('attention.emptyWhy')}
        action={{ label: t('attention.emptyDo'), run: () => void navigate({ to: '/new' }) }}
      />
    );
  }
  return (
    // The list is one stop for the keys; its cards hold the buttons for the mouse.
    <ul
      ref={list}
      className="attention"
      tabIndex={0}
      aria-label={t('attention.list')}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        const next = data[at + step];
        if (step === 0 || !next) return;
        event.preventDefault();
        setChosen(next.mutationId);
      }}
    >
      {data.map((entry) => {
        const Card = entry.notice ? NoticeCard : AttentionCard;
        return (
          <Card
            key={entry.mutationId}
            entry={entry}
            current={entry.mutationId === current}
            onChoose={() => setChosen(entry.mutationId)}
          />
        );
      })}
    </ul>
  );
}
