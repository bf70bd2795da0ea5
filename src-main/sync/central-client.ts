/**
 * The line to central over HTTP.
 *
 * Guarantees: each call ends by its deadline; what it returns has been read by the endpoint's schema; a page of
 * somebody else (a hotel's sign-in, a gateway's excuse) is never taken for an answer. With several addresses a failed
 * line moves on to the next one. Does not retry: the sync loop does.
 */
import type { AppError } from '../../src-shared/protocol/app-error.ts';
import { ENDPOINTS, POKE_PATH, type BytesEndpoint, type Endpoint } from '../../src-shared/protocol/endpoints.ts';
import { PULL_DEADLINE_MS, REQUEST_DEADLINE_MS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { answerFailure, isLineDown, lineFailure, neverArrived, unreachable } from './central-failure.ts';
import { endpointMethods, type CentralTransport } from './central-transport.ts';
import { POKE_OPEN_DEADLINE_MS } from './limits.ts';
import { readPokes } from './poke-stream.ts';

interface Asking {
  endpoint: Endpoint<unknown, unknown> | BytesEndpoint<unknown>;
  request: unknown;
  token: string | undefined;
  signal: AbortSignal | undefined;
  deadlineMs: number;
}

/** Milliseconds until a call is given up. */
const DEADLINES = { requestMs: REQUEST_DEADLINE_MS, pullMs: PULL_DEADLINE_MS, pokeOpenMs: POKE_OPEN_DEADLINE_MS };

/** `centralUrls`: origins, like `https://central.example`; at least one. Any of them is as good as another. */
export function createCentralClient(centralUrls: readonly string[], deadlines = DEADLINES): CentralTransport {
  const origins = centralUrls.map((url) => new URL(url).href.replace(/\/+$/, ''));
  let current = 0;
  const originNow = (): string => {
    const origin = origins[current % origins.length];
    if (origin === undefined) throw unreachable('no address');
    return origin;
  };
  /** Moves on, unless another call has done so already. */
  const leave = (origin: string): void => {
    if (origins[current % origins.length] === origin) current += 1;
  };

  async function ask(asking: Asking): Promise<unknown> {
    for (let tried = 1; ; tried += 1) {
      const origin = originNow();
      try {
        return await askOne(origin, asking);
      } catch (cause) {
        const error = lineFailure(cause);
        if (isLineDown(error.data)) leave(origin);
        if (tried >= origins.length || !neverArrived(error)) throw error;
      }
    }
  }

  return {
    ...endpointMethods(ENDPOINTS, (name, request, { token, signal }) => {
      const endpoint = ENDPOINTS[name];
      return ask({
        endpoint,
        request,
        token,
        signal,
        deadlineMs: endpoint.slow ? deadlines.pullMs : deadlines.requestMs,
      });
    }),
    openPoke: async function* ({ token, signal }) {
      const origin = originNow();
      try {
        const url = `${origin}${POKE_PATH}?protocol=${PROTOCOL_VERSION}`;
        yield* readPokes(await openStream({ url, token, signal, deadlineMs: deadlines.pokeOpenMs }));
      } catch (cause) {
        const error = lineFailure(cause);
        if (isLineDown(error.data) && !signal.aborted) leave(origin);
        throw error;
      }
    },
  };
}

async function askOne(origin: string, asking: Asking): Promise<unknown> {
  const { endpoint, request, token, signal, deadlineMs } = asking;
  const deadline = AbortSignal.timeout(deadlineMs);
  const answer = await fetch(`${origin}${endpoint.path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(request),
    // Central never redirects; a captive portal does, and would be handed the token.
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  if (answer.ok && endpoint.response === 'bytes') return answer.bytes();
  const body = parseJson(await answer.text());
  if (!answer.ok || endpoint.response === 'bytes') throw answerFailure(answer.status, body);
  const parsed = endpoint.response.safeParse(body);
  if (!parsed.success) throw unreachable('not our server', parsed.error);
  return parsed.data;
}

interface Opening {
  url: string;
  token: string;
  signal: AbortSignal;
  deadlineMs: number;
}

async function openStream({ url, token, signal, deadlineMs }: Opening): Promise<Response> {
  const opening = new AbortController();
  const late = setTimeout(
    () => opening.abort(new DOMException('The poke stream did not open.', 'TimeoutError')),
    deadlineMs,
  );
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
      redirect: 'error',
      signal: AbortSignal.any([signal, opening.signal]),
    });
    if (!response.ok) throw await streamRefusal(response);
    return response;
  } finally {
    clearTimeout(late);
  }
}

async function streamRefusal(response: Response): Promise<AppError> {
  return answerFailure(response.status, parseJson(await response.text()));
}

/** `undefined` of what is no JSON: no schema of ours takes that. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
