/**
 * Browser host: calls over HTTP, the event stream over a WebSocket, both behind the token from the printed address.
 *
 * Guarantees: every call ends within its deadline. Calls are POSTs, also queries: an order of 2,000 lines fits no
 * URL, and what people search for stays out of logs.
 */
import { createWSClient, httpLink, splitLink, wsLink, type TRPCLink } from '@trpc/client';
import type { AppRouter } from '../../src-main/api/router.ts';
import { CALL_DEADLINE_MS } from '../../src-shared/desk-link/limits.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** For calls that say in their context that the usual time is not enough, as the port's link takes it too. */
export const LONG_DEADLINE_MS = 120_000;

const TOKEN_KEY = 'orderdesk.token';

export function loopbackLink(language: () => Language): TRPCLink<AppRouter> {
  const token = takeToken();
  const socket = createWSClient({
    url: `${location.origin.replace(/^http/, 'ws')}/trpc`,
    connectionParams: () => ({ token, language: language() }),
    keepAlive: { enabled: true, intervalMs: 5_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 2_000),
  });
  const calls = (deadlineMs: number): TRPCLink<AppRouter> =>
    httpLink({
      url: '/trpc',
      methodOverride: 'POST',
      headers: () => ({ authorization: `Bearer ${token}`, 'accept-language': language() }),
      fetch: (input, init) => fetch(input, { ...init, signal: withDeadline(init?.signal, deadlineMs) }),
    });
  return splitLink({
    condition: (op) => op.type === 'subscription',
    true: wsLink({ client: socket }),
    false: splitLink({
      condition: (op) => typeof op.context['deadlineMs'] === 'number',
      true: calls(LONG_DEADLINE_MS),
      false: calls(CALL_DEADLINE_MS),
    }),
  });
}

/** The token leaves the address bar at once: an address gets copied and photographed. */
function takeToken(): string {
  const url = new URL(location.href);
  const given = url.searchParams.get('token');
  if (given === null) return sessionStorage.getItem(TOKEN_KEY) ?? '';
  sessionStorage.setItem(TOKEN_KEY, given);
  url.searchParams.delete('token');
  history.replaceState(null, '', url);
  return given;
}

function withDeadline(signal: AbortSignal | null | undefined, deadlineMs: number): AbortSignal {
  const deadline = AbortSignal.timeout(deadlineMs);
  return signal ? AbortSignal.any([signal, deadline]) : deadline;
}
