/**
 * One request and its answer.
 *
 * Guarantees: it ends. Each phase has its own bound: until there is a connection, until the answer begins, and then, for
 * as long as it comes, a least number of bytes in each window. So a slow line brings a large answer through, and one
 * that trickles or falls silent is given up. Redirects are not followed: central never sends one, a captive portal
 * does, and would be handed the token. A connection kept open that turns out to be closed is replaced at once.
 */
import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Agents } from './agents.ts';
import {
  CONNECT_DEADLINE_MS,
  MAX_ANSWER_BYTES,
  PROGRESS_WINDOW_BYTES,
  PROGRESS_WINDOW_MS,
  WORST_UPLOAD_BYTES_PER_S,
} from './limits.ts';
import { faultOf, LineFault, type FaultContext } from './line-fault.ts';

export interface ExchangeDeadlines {
  connectMs: number;
  /** From the connection to the answer's beginning, besides the time that the request itself takes. */
  answerMs: number;
  /** For each PROGRESS_WINDOW_BYTES; Infinity where somebody else watches what comes. */
  progressMs: number;
}

export const EXCHANGE_DEADLINES = { connectMs: CONNECT_DEADLINE_MS, progressMs: PROGRESS_WINDOW_MS };

export interface Outgoing {
  method: 'GET' | 'POST';
  /** Absolute. */
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  signal?: AbortSignal | undefined;
  deadlines: ExchangeDeadlines;
  /** Called as bytes of the answer come. */
  onProgress?: (() => void) | undefined;
}

export interface Incoming {
  status: number;
  headers: IncomingHttpHeaders;
  /** As it comes over the line, packed or not; to be read to its end or given back with `close`. @throws LineFault. */
  body: AsyncIterable<Uint8Array>;
  close: () => void;
}

/** What an exchange has to know of its surroundings. */
export interface ExchangeParts {
  agents: Agents;
  clock: () => FaultContext['clock'];
}

/** Resolves when the answer begins. @throws LineFault. */
export async function exchange(parts: ExchangeParts, outgoing: Outgoing): Promise<Incoming> {
  const first = new Attempt(parts, outgoing);
  try {
    return await first.answer();
  } catch (error) {
    // It was closed while it lay idle, which is seen only when it is used. Every request may be made twice.
    if (!first.onOldConnection || outgoing.signal?.aborted || (error as LineFault).reason !== 'broken off') throw error;
    parts.agents.dropIdle();
    return new Attempt(parts, outgoing).answer();
  }
}

class Attempt {
  readonly #parts: ExchangeParts;
  readonly #outgoing: Outgoing;
  readonly #origin: string;
  readonly #request: ClientRequest;
  #connected = false;
  #timer: NodeJS.Timeout | undefined;
  #late: LineFault | undefined;

  constructor(parts: ExchangeParts, outgoing: Outgoing) {
    this.#parts = parts;
    this.#outgoing = outgoing;
    const { url, method, headers, body } = outgoing;
    this.#origin = new URL(url).origin;
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    this.#request = send(url, {
      method,
      agent: parts.agents.agentFor(this.#origin),
      headers: body === undefined ? headers : { ...headers, 'content-length': String(body.length) },
    });
  }

  get onOldConnection(): boolean {
    return this.#request.reusedSocket;
  }

  answer(): Promise<Incoming> {
    const { signal, deadlines, body } = this.#outgoing;
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.#stop();
        reject(this.#faultOf(error));
      };
      if (signal?.aborted) {
        request.on('error', () => undefined).destroy();
        fail(signal.reason);
        return;
      }
      signal?.addEventListener('abort', this.#abort, { once: true });
      this.#giveUpAfter(deadlines.connectMs, { neverArrived: true });
      const connected = (): void => {
        this.#connected = true;
        this.#giveUpAfter(deadlines.answerMs + ((body?.length ?? 0) * 1_000) / WORST_UPLOAD_BYTES_PER_S);
      };
      request.on('socket', (socket) => {
        if (!socket.connecting && request.reusedSocket) connected();
        else if ('encrypted' in socket && !('secureConnecting' in socket && socket.secureConnecting === false))
          socket.once('secureConnect', connected);
        else if (socket.connecting) socket.once('connect', connected);
        else connected();
      });
      request.on('error', fail);
      request.on('close', () => fail(new LineFault('broken off')));
      request.on('response', (response) => {
        request.off('error', fail);
        request.on('error', () => undefined);
        this.#connected = true;
        this.#stopTimer();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: this.#bytes(response),
          close: () => {
            this.#stop();
            response.on('error', () => undefined).destroy();
          },
        });
      });
      request.end(body);
    });
  }

  async *#bytes(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    const { deadlines, onProgress } = this.#outgoing;
    let inWindow = 0;
    const watch = (): void => this.#giveUpAfter(deadlines.progressMs);
    watch();
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        onProgress?.();
        inWindow += chunk.length;
        if (inWindow >= PROGRESS_WINDOW_BYTES) {
          inWindow = 0;
          watch();
        }
        yield chunk;
      }
    } catch (error) {
      throw this.#faultOf(error);
    } finally {
      this.#stop();
    }
  }

  readonly #abort = (): void => {
    this.#request.destroy(this.#outgoing.signal?.reason instanceof Error ? this.#outgoing.signal.reason : undefined);
  };

  #giveUpAfter(delayMs: number, detail: { neverArrived?: boolean } = {}): void {
    this.#stopTimer();
    if (!Number.isFinite(delayMs)) return;
    this.#timer = setTimeout(() => {
      this.#late = new LineFault('no answer', detail);
      // What swallowed this will swallow what is sent over the others that are open.
      this.#parts.agents.dropIdle();
      this.#request.destroy(this.#late);
    }, delayMs);
  }

  #faultOf(error: unknown): LineFault {
    if (this.#late) return this.#late;
    const viaProxy = this.#parts.agents.viaProxy(this.#origin);
    return faultOf(error, { viaProxy, connected: this.#connected, clock: this.#parts.clock() });
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
  }

  #stop(): void {
    this.#stopTimer();
    this.#outgoing.signal?.removeEventListener('abort', this.#abort);
  }
}

/** The whole body as it came. @throws LineFault; 'not our server' past `most` bytes. */
export async function readAll({ body, close }: Incoming, most: number = MAX_ANSWER_BYTES): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > most) {
      close();
      throw new LineFault('not our server');
    }
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
