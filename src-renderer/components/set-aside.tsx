/** A change that can't be judged: why, what it waits for and since when, its kept text, and the way out as a file. */
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import type { AttentionItem, WaitedFor } from '../../src-main/api/sync-services.ts';
import { ordersOut } from '../../src-shared/protocol/orders-out.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { mutationWords } from './mutation-words.ts';
import { waitReasonWords } from './reason-words.ts';
import { saveFile } from './save-file.ts';
import { When } from './when.tsx';

export function SetAside({
  entry,
}: {
  entry: Pick<AttentionItem, 'mutationId' | 'reason' | 'waitsFor' | 'heldSince'>;
}) {
  const { t, language } = useText();
  const desk = useDesk();
  const { mutationId, reason } = entry;
  const kept = useMutation({
    mutationFn: () => desk.sync.ordersOut.query({ mutationIds: [mutationId] }),
  });
  return (
    <div className="set-aside">
      {reason === null ? null : <p title={reason}>{waitReasonWords(t, reason)}</p>}
      <WaitsFor entry={entry} />
      <details
        className="small"
        onToggle={(event) => {
          if (event.currentTarget.open && !kept.data) kept.mutate();
        }}
      >
        <summary>{t('attention.text')}</summary>
        {kept.error ? <p className="tone-needs">{errorWords(kept.error, language).sentence}</p> : null}
        {kept.data ? (
          // Scrolled by keys too, so it has to be a stop for them.
          <pre className="set-aside-text" tabIndex={0} role="region" aria-label={t('attention.text')}>
            {savedText(kept.data.text)}
          </pre>
        ) : null}
      </details>
      <Button size="small" loading={kept.isPending} onClick={() => kept.mutate(undefined, { onSuccess: saveFile })}>
        {t('attention.saveFile')}
      </Button>
    </div>
  );
}

/** What was signed, or what is left of it; the file that it came in says more, to those who run head office. */
function savedText(file: string): string {
  const entry = ordersOut.parse(JSON.parse(file)).entries[0];
  return entry?.body ?? entry?.bytes ?? '';
}

/** What a held change waits for, by name, and since when. */
export function WaitsFor({ entry }: { entry: { waitsFor: readonly WaitedFor[]; heldSince: number | null } }) {
  const { t } = useText();
  if (entry.waitsFor.length === 0) return null;
  return (
    <ul className="waits-for small">
      {entry.waitsFor.map(({ mutationId, name, state }) => (
        <li key={mutationId} title={mutationId}>
          {name === null || state === null
            ? t('attention.waitsForUnknown')
            : t('attention.waitsForHere', { what: mutationWords(t, name), state: t(`sync.state.${state}`) })}
          {entry.heldSince === null ? null : (
            <span className="dim">
              {' · '}
              {t('attention.heldSince')} <When at={entry.heldSince} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
