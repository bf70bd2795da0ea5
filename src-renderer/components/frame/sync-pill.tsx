/** Always in sight: what waits, since when, how old the prices are. Opens the list of what waits and why. */
import { useQuery } from '@tanstack/react-query';
import { Popover } from 'antd';
import { useState } from 'react';
import type { SyncStatus } from '../../../src-main/api/sync-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { syncStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';
import { versionReason } from '../reason-words.ts';
import type { Tone } from '../sync-state-mark.tsx';
import { useFillWords } from '../use-fill-words.ts';
import { clockText, useSpanText } from '../when.tsx';
import { SyncPanel } from './sync-panel.tsx';

export function SyncPill() {
  const { t, language } = useText();
  const [open, setOpen] = useState(false);
  const { data: status, isError, dataUpdatedAt } = useQuery(syncStatus(useDesk()));
  const words = usePillWords(status, dataUpdatedAt);
  const look = isError ? { tone: 'needs' as const, icon: 'alert' as const } : lookOf(status);
  const asOf = status?.asOf == null ? undefined : t('sync.pill.asOf', { time: clockText(status.asOf, language) });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      align={{ offset: [0, 8] }}
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={<SyncPanel onLeave={() => setOpen(false)} />}
    >
      <button type="button" className="pill" aria-expanded={open}>
        <span className="sr-only">{t('sync.pill.label')}: </span>
        <span className={`pill-mark tone-${look.tone}`}>
          <Icon name={look.icon} />
        </span>
        <span className={look.tone === 'settled' ? undefined : `tone-${look.tone}`}>
          {isError ? t('sync.pill.unknown') : words}
        </span>
        {asOf === undefined ? null : <span className="dim pill-as-of">{asOf}</span>}
      </button>
    </Popover>
  );
}

function usePillWords(status: SyncStatus | undefined, updatedAt: number): string {
  const { t } = useText();
  const span = useSpanText();
  const now = useNow();
  const fill = useFillWords(status);
  if (!status) return t('sync.pill.connecting');
  const parts: string[] = [];
  if (status.link === 'offline') parts.push(t('sync.pill.offline'));
  else if (status.link === 'blocked') parts.push(t(`sync.pill.${versionReason(status) ?? 'blocked'}`));
  else if (status.link === 'connecting') parts.push(t('sync.pill.connecting'));
  else if (fill) parts.push(t('sync.pill.fillingPart', fill));
  else if (status.filling) parts.push(t('sync.pill.filling'));
  if (status.heldBack) parts.push(t('sync.pill.heldBack'));
  if (status.waiting > 0) {
    // The status tells an age; it goes on ageing while it is shown.
    const age = (status.oldestWaitingMs ?? 0) + Math.max(0, now - updatedAt);
    parts.push(t('sync.pill.waiting', { count: status.waiting, age: span(age) }));
  } else if (status.link === 'online' && !status.filling && status.needsAttention === 0) {
    parts.push(t('sync.pill.allSettled'));
  }
  if (status.needsAttention > 0) parts.push(t('sync.pill.needsYou', { count: status.needsAttention }));
  return parts.join(' · ');
}

function lookOf(status: SyncStatus | undefined): { tone: Tone; icon: IconName } {
  if (!status) return { tone: 'past', icon: 'clock' };
  if (status.link === 'blocked' || status.needsAttention > 0) return { tone: 'needs', icon: 'alert' };
  if (status.waiting > 0 || status.link !== 'online' || status.filling) return { tone: 'waiting', icon: 'clock' };
  return { tone: 'settled', icon: 'check' };
}
