import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { SessionState } from '../../src-main/api/desk-services.ts';
import { DoorPage, Field } from '../components/door-page.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';

export function EnrolPage({ session }: { session: SessionState }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const [centralUrl, setCentralUrl] = useState(session.centralUrl ?? '');
  const [code, setCode] = useState('');
  const [deviceName, setDeviceName] = useState('');
  const [urlWrong, setUrlWrong] = useState(false);
  const enrol = useMutation({
    mutationFn: () =>
      desk.session.enrol.mutate({ centralUrl: centralUrl.trim(), code: code.trim(), deviceName: deviceName.trim() }),
    onSuccess: async (state) => {
      queries.setQueryData(['session'], state);
      await queries.invalidateQueries();
    },
  });
  const submit = (): void => {
    const plausible = /^https?:\/\/\S+$/.test(centralUrl.trim());
    setUrlWrong(!plausible);
    if (plausible) enrol.mutate();
  };
  return (
    <DoorPage
      title={t('enrol.title')}
      lead={t('enrol.why')}
      problem={enrol.error ? errorWords(enrol.error, language).sentence : undefined}
      onSubmit={submit}
    >
      <Field label={t('enrol.centralUrl')} problem={urlWrong ? t('enrol.urlWrong') : undefined}>
        {(id) => (
          <Input
            id={id}
            required
            inputMode="url"
            value={centralUrl}
            onChange={(event) => setCentralUrl(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('enrol.code')}>
        {(id) => (
          <Input
            id={id}
            autoFocus
            required
            autoComplete="off"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('enrol.deskName')} hint={t('enrol.deskNameHint')}>
        {(id) => (
          <Input
            id={id}
            required
            maxLength={60}
            value={deviceName}
            onChange={(event) => setDeviceName(event.target.value)}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" block loading={enrol.isPending}>
        {t('enrol.submit')}
      </Button>
    </DoorPage>
  );
}
