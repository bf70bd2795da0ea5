/** A call over HTTP to one of the two programs, as anybody could make it with curl. */
import { REQUEST_WITHIN_MS } from './limits.ts';
import { StartError } from './words.ts';

export interface Caller {
  query<T>(path: string): Promise<T>;
  mutate<T>(path: string, input: unknown): Promise<T>;
}

/** @param token goes as a bearer with every call; '' for none. */
export function callerOf(origin: string, token: string, signal: AbortSignal): Caller {
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(`${origin}/trpc/${path}`, {
      ...init,
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_WITHIN_MS)]),
    });
    const answer = (await response.json()) as { result?: { data: T }; error?: { message: string } };
    if (answer.result) return answer.result.data;
    const why = answer.error?.message ?? `HTTP ${response.status}`;
    throw new StartError({ en: `${path} was not possible: ${why}`, zh: `${path} 失败：${why}` });
  };
  return {
    query: (path) => call(path, { method: 'GET' }),
    mutate: (path, input) => call(path, { method: 'POST', body: JSON.stringify(input) }),
  };
}
