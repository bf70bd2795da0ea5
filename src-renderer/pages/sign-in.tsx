import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { SessionState } from '../../src-main/api/desk-services.ts';
import { DoorPage, Field } from '../components/door-page.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { syncStatus } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';

export function SignInPage({ session }: { session: SessionState }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const { data: status } = useQuery(syncStatus(desk));
  const signIn = useMutation({
    mutationFn: () => desk.session.signIn.mutate({ userName: userName.trim(), password }),
    onSuccess: async (state) => {
      queries.setQueryData(['session'], state);
      await queries.invalidateQueries();
    },
  });
  return (
    <DoorPage
      title={t('signIn.title')}
      lead={t('signIn.desk', { branch: session.branch?.name ?? '', desk: session.device?.name ?? '' })}
      problem={signIn.error ? errorWords(signIn.error, language).sentence : undefined}
      onSubmit={() => signIn.mutate()}
    >
      <Field label={t('signIn.userName')}>
        {(id) => (
          <Input
            id={id}
            autoFocus
            autoComplete="username"
            required
            value={userName}
            onChange={(event) => setUserName(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('signIn.password')}>
        {(id) => (
          <Input.Password
            id={id}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
        {t('signIn.submit')}
      </Button>
      {status && status.waiting > 0 ? (
        <p className="dim small">{t('signIn.waits', { count: status.waiting })}</p>
      ) : null}
    </DoorPage>
  );
}
