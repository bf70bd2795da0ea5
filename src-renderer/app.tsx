/** What every screen stands in: the desk's client, queries, antd in the reader's language and colours, keys, routes. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useState } from 'react';
import type { Desk } from './desk/client.ts';
import { DeskProvider } from './desk/desk-context.tsx';
import { appErrorOf } from './desk/error-words.ts';
import { followEvents } from './desk/follow-events.ts';
import { router } from './router.tsx';
import { useText } from './text/i18n.ts';
import { antdTheme } from './ui/antd-theme.ts';
import { KeysProvider } from './ui/keys.tsx';
import { useTheme } from './ui/theme-choice.ts';

/** A local server that is being started again is back within this; errors with an answer are never asked twice. */
const RETRIES = 3;

const ANTD_LOCALES = { en: enUS, 'zh-CN': zhCN };

export function App({ desk }: { desk: Desk }) {
  const [queries] = useState(createQueries);
  const { language } = useText();
  const { theme } = useTheme();
  useEffect(() => followEvents(desk, queries), [desk, queries]);
  return (
    <DeskProvider desk={desk}>
      <QueryClientProvider client={queries}>
        <ConfigProvider
          locale={ANTD_LOCALES[language]}
          theme={antdTheme(theme)}
          csp={{ nonce: pageNonce() }}
          button={{ autoInsertSpace: false }}
        >
          <KeysProvider>
            <RouterProvider router={router} />
          </KeysProvider>
        </ConfigProvider>
      </QueryClientProvider>
    </DeskProvider>
  );
}

function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The desk is on this machine: whether the machine has a network is not the question.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (failures, error) => appErrorOf(error)?.code === undefined && failures < RETRIES,
        retryDelay: (failures) => 200 * 2 ** failures,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** antd makes its styles at run time; the policy lets only those with this page's nonce in. */
function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
