/** What happened to this desk's file: what was saved, what was not, where the old one lies. Stays until it was read. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import type { RestoreNotice as Notice } from '../../../src-main/api/safety-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { errorWords } from '../../desk/error-words.ts';
import { safetyStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { exactText } from '../when.tsx';
import './safety.css';

export function RestoreNotice() {
  const { data } = useQuery(safetyStatus(useDesk()));
  // Another one that comes while the first is open is a dialog of its own.
  return data?.notice ? <NoticeDialog key={data.notice.id} notice={data.notice} /> : null;
}

function NoticeDialog({ notice }: { notice: Notice }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const read = useMutation({
    mutationFn: () => desk.safety.acknowledge.mutate({ noticeId: notice.id }),
    onSuccess: (status) => queries.setQueryData(safetyStatus(desk).queryKey, status),
  });
  const title = t(`safety.notice.title.${notice.reason}`);
  return (
    // Escape closes a dialog, and this one must have been read.
    <dialog ref={dialog} className="safety-notice" aria-label={title} onCancel={(event) => event.preventDefault()}>
      <h2>{title}</h2>
      <p className="dim">{exactText(notice.at, language)}</p>
      <ul>
        <li>{t(`safety.notice.what.${notice.reason}`)}</li>
        <li>{t('safety.notice.kept')}</li>
        {notice.waiting > 0 ? <li>{t('safety.notice.waiting', { count: notice.waiting })}</li> : null}
        <LostOrders notice={notice} />
        {notice.base === 'copy' && notice.baseAt !== null ? (
          <li>{t('safety.notice.fromCopy', { time: exactText(notice.baseAt, language) })}</li>
        ) : null}
        {notice.base === 'empty' ? <li>{t('safety.notice.fromNothing')}</li> : null}
        {notice.enrolled ? null : <li className="tone-needs">{t('safety.notice.enrolAgain')}</li>}
        {notice.folder === null ? null : (
          <li>
            {t('safety.notice.folder')} <code>{notice.folder}</code>
          </li>
        )}
        <li>{t('safety.notice.again')}</li>
      </ul>
      {read.error ? (
        <p className="tone-needs" role="alert">
          {errorWords(read.error, language).sentence}
        </p>
      ) : null}
      <Button type="primary" loading={read.isPending} onClick={() => read.mutate()}>
        {t('safety.notice.read')}
      </Button>
    </dialog>
  );
}

function LostOrders({ notice: { lost } }: { notice: Notice }) {
  const { t } = useText();
  if (lost.length === 0) return null;
  const numbers = lost.map(({ number }) => number ?? t('safety.notice.noNumber')).join(', ');
  return <li className="tone-needs">{t('safety.notice.lost', { count: lost.length, numbers })}</li>;
}
