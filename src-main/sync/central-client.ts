/**
 * The line to central over HTTP.
 *
 * Guarantees: each call ends, however the line behaves; what it returns has been read by the endpoint's schema and is
 * what left central; a page of somebody else (a hotel's sign-in, a gateway's excuse) is never taken for an answer. With
 * several addresses a failed line moves on to the next one, and back to the first when that is well again. Does not
 * retry: the sync loop does.
 */
import type { AppError } from '../../src-shared/protocol/app-error.ts';
import { ANSWER_PROOF_HEADER, REQUEST_PROOF_HEADER } from '../../src-shared/protocol/content-proof.ts';
import { ENDPOINTS, POKE_PATH, type BytesEndpoint, type Endpoint } from '../../src-shared/protocol/endpoints.ts';
import { PULL_DEADLINE_MS, REQUEST_DEADLINE_MS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { createAddresses } from '../line/addresses.ts';
import { createAgents, type LineSettings } from '../line/agents.ts';
import { ACCEPTED, pack, sha256, unpack } from '../line/encoding.ts';
import { exchange, EXCHANGE_DEADLINES, readAll, type ExchangeParts, type Incoming } from '../line/exchange.ts';
import { MAX_FAILURE_BYTES, RETURN_PROBE_DEADLINE_MS } from '../line/limits.ts';
import { LineFault } from '../line/line-fault.ts';
import type { StrangeAnswer } from '../line/stranger.ts';
import { answerFailure, isLineDown, lineFailure, neverArrived, unreachable } from './central-failure.ts';
import { endpointMethods, type CentralTransport, type TransportCall } from './central-transport.ts';
import { POKE_OPEN_DEADLINE_MS } from './limits.ts';
import { readPokes } from './poke-stream.ts';

interface Asking extends Partial<TransportCall> {
  endpoint: Endpoint<unknown, unknown> | BytesEndpoint<unknown>;
  request: unknown;
}

export interface CentralClientOptions extends LineSettings {
  /** Milliseconds until a call without any sign of an answer is given up. */
  deadlines?: Partial<typeof DEADLINES>;
  /** This machine's clock and by how much central's is ahead: names a wrong clock that makes a certificate invalid. */
  clock?: ExchangeParts['clock'];
  /** Of the time after which the first address is asked again. */
  returnProbeMs?: number;
}

const DEADLINES = {
  ...EXCHANGE_DEADLINES,
  requestMs: REQUEST_DEADLINE_MS,
  pullMs: PULL_DEADLINE_MS,
  pokeOpenMs: POKE_OPEN_DEADLINE_MS,
};

/** `centralUrls`: origins, like `https://central.example`; at least one. Any of them is as good as another. */
export function createCentralClient(
  centralUrls: readonly string[],
  options: CentralClientOptions = {},
): CentralTransport {
  return new CentralClient(centralUrls, options).transport();
}

class CentralClient {
  readonly #parts: ExchangeParts;
  readonly #deadlines: typeof DEADLINES;
  readonly #addresses;
  /** Something on the way took no packed request. */
  #plainOnly = false;

  constructor(centralUrls: readonly string[], options: CentralClientOptions) {
    const clock = options.clock ?? (() => ({ nowMs: Date.now(), offsetMs: null }));
    this.#parts = { agents: createAgents(options), clock };
    this.#deadlines = { ...DEADLINES, ...options.deadlines };
    this.#addresses = createAddresses(
      centralUrls.map((url) => new URL(url).href.replace(/\/+$/, '')),
      {
        monotonicNow: () => performance.now(),
        random: () => Math.random(),
        ...(options.returnProbeMs === undefined ? {} : { probeMs: options.returnProbeMs }),
      },
    );
  }

  transport(): CentralTransport {
    return {
      ...endpointMethods(ENDPOINTS, (name, request, call) =>
        this.#ask({ endpoint: ENDPOINTS[name], request, ...call }),
      ),
      openPoke: (call) => this.#openPoke(call),
    };
  }

  async #ask(asking: Asking): Promise<unknown> {
    this.#probeFirst();
    for (let tried = 1; ; tried += 1) {
      const origin = this.#origin();
      try {
        return await this.#askOne(origin, asking);
      } catch (cause) {
        const error = lineFailure(cause);
        if (isLineDown(error.data) && asking.signal?.aborted !== true) this.#addresses.leave(origin);
        if (tried >= this.#addresses.count || !neverArrived(error)) throw error;
      }
    }
  }

  async #askOne(origin: string, asking: Asking): Promise<unknown> {
    const { endpoint, request, token = '', signal, onProgress } = asking;
    const body = Buffer.from(JSON.stringify(request));
    const packed = this.#plainOnly ? { bytes: body, encoding: undefined } : await pack(body);
    const { connectMs, progressMs, pullMs, requestMs } = this.#deadlines;
    const incoming = await exchange(this.#parts, {
      method: 'POST',
      url: `${origin}${endpoint.path}`,
      headers: {
        'content-type': 'application/json',
        'accept-encoding': ACCEPTED,
        [REQUEST_PROOF_HEADER]: sha256(token, '\n', body),
        ...(packed.encoding === undefined ? {} : { 'content-encoding': packed.encoding }),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: packed.bytes,
      signal,
      deadlines: { connectMs, progressMs, answerMs: endpoint.slow ? pullMs : requestMs },
      onProgress,
    });
    if (incoming.status === 415 && packed.encoding !== undefined) {
      incoming.close();
      this.#plainOnly = true;
      return this.#askOne(origin, asking);
    }
    return readAnswer(incoming, endpoint);
  }

  async *#openPoke({
    token,
    signal,
  }: TransportCall & { signal: AbortSignal }): ReturnType<CentralTransport['openPoke']> {
    for (;;) {
      this.#probeFirst();
      const origin = this.#origin();
      const moved = (): boolean => {
        this.#probeFirst();
        return this.#addresses.now() !== origin;
      };
      let opened = false;
      try {
        const stream = await this.#openStream(origin, token, signal);
        opened = true;
        for await (const message of readPokes(stream.body)) {
          yield message;
          // The requests go elsewhere by now: what is listened to must be who is asked.
          if (moved()) break;
        }
        if (!moved()) return;
      } catch (cause) {
        const error = lineFailure(cause);
        // Given up for its silence: who swallowed it will swallow what is sent over the connections left open.
        if (signal.aborted) this.#parts.agents.dropIdle();
        // A stream that breaks says little of the address; one that can't even be asked for does.
        if (isLineDown(error.data) && !opened && !signal.aborted) this.#addresses.leave(origin);
        throw error;
      }
    }
  }

  async #openStream(origin: string, token: string, signal: AbortSignal): Promise<Incoming> {
    const { connectMs, pokeOpenMs } = this.#deadlines;
    const incoming = await exchange(this.#parts, {
      method: 'GET',
      url: `${origin}${POKE_PATH}?protocol=${PROTOCOL_VERSION}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
      signal,
      deadlines: { connectMs, answerMs: pokeOpenMs, progressMs: Infinity },
    });
    if (incoming.status === 200) return incoming;
    const bytes = await readAll(incoming, MAX_FAILURE_BYTES);
    throw failureOf(incoming, bytes);
  }

  /** Asks the first address, when it is time to, whether it is there again. Nobody waits for it. */
  #probeFirst(): void {
    const first = this.#addresses.dueProbe();
    if (first === undefined) return;
    const deadlines = { ...this.#deadlines, connectMs: RETURN_PROBE_DEADLINE_MS, answerMs: RETURN_PROBE_DEADLINE_MS };
    const probe = async (): Promise<void> => {
      const incoming = await exchange(this.#parts, {
        method: 'GET',
        url: `${first}${READY_PATH}`,
        headers: {},
        deadlines,
      });
      const text = Buffer.from(await readAll(incoming, MAX_FAILURE_BYTES)).toString();
      if (incoming.status === 200 && isReady(parseJson(text))) this.#addresses.returnToFirst();
    };
    // It is not well yet; the next probe is planned already.
    probe().catch(() => undefined);
  }

  #origin(): string {
    const origin = this.#addresses.now();
    if (origin === undefined) throw unreachable('no address');
    return origin;
  }
}

const READY_PATH = '/readyz';

async function readAnswer(incoming: Incoming, endpoint: Asking['endpoint']): Promise<unknown> {
  const { status, headers } = incoming;
  const ok = status >= 200 && status < 300;
  const bytes = await unpack(await readAll(incoming, ok ? undefined : MAX_FAILURE_BYTES), headers['content-encoding']);
  assertProven(headers[ANSWER_PROOF_HEADER], bytes);
  if (!ok) throw failureOf(incoming, bytes);
  if (endpoint.response === 'bytes') return bytes;
  const parsed = endpoint.response.safeParse(parseJson(Buffer.from(bytes).toString()));
  if (!parsed.success) throw failureOf(incoming, bytes, parsed.error);
  return parsed.data;
}

/** A version-1 central, and one whose headers a proxy strips, says nothing about its bodies. */
function assertProven(proof: string | string[] | undefined, bytes: Uint8Array): void {
  if (proof !== undefined && proof !== sha256(bytes)) throw new LineFault('garbled');
}

function failureOf({ status, headers }: Incoming, bytes: Uint8Array, cause?: unknown): AppError {
  const text = Buffer.from(bytes).toString();
  const answer: StrangeAnswer = { status, contentType: headers['content-type'] ?? '', text };
  const failure = answerFailure(answer, parseJson(text));
  if (cause !== undefined) failure.cause = cause;
  return failure;
}

function isReady(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ready';
}

/** `undefined` of what is no JSON: no schema of ours takes that. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
