/** What `http.request` returns in a simulation: as much of Node's request as the desk's line uses, over the network. */
import { EventEmitter } from 'node:events';
import type { ClientRequest, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { breakLine } from './failures.ts';
import type { Answer, Network } from './network.ts';

export function simRequest(network: Network, url: string, options: RequestOptions): ClientRequest {
  return new SimRequest(network, new URL(url), options) as unknown as ClientRequest;
}

class SimRequest extends EventEmitter {
  readonly reusedSocket = false;
  readonly #network: Network;
  readonly #url: URL;
  readonly #options: RequestOptions;
  readonly #socket = Object.assign(new EventEmitter(), { connecting: true });
  #giveUp = (): void => undefined;
  #destroyed = false;
  #body: Readable | undefined;

  constructor(network: Network, url: URL, options: RequestOptions) {
    super();
    this.#network = network;
    this.#url = url;
    this.#options = options;
    process.nextTick(() => this.emit('socket', this.#socket));
  }

  end(body?: Uint8Array): this {
    const headers = headersOf(this.#options);
    const payload = unpacked(headers, body);
    // After the socket, which is on the next tick.
    setImmediateTick(() => {
      if (this.#destroyed) return;
      this.#giveUp = this.#network.ask({
        url: this.#url,
        method: this.#options.method === 'POST' ? 'POST' : 'GET',
        headers,
        payload,
        connected: () => {
          this.#socket.connecting = false;
          this.#socket.emit('connect');
        },
        answer: (answer) => this.#take(answer),
        fail: (error) => this.destroy(error),
      });
    });
    return this;
  }

  destroy(error?: Error): this {
    if (this.#destroyed) return this;
    this.#destroyed = true;
    this.#giveUp();
    // As Node does it: one that is given up before its answer has failed, later it is the answer that fails.
    if (this.#body) this.#body.destroy(error);
    else process.nextTick(() => this.emit('error', error ?? breakLine()));
    process.nextTick(() => this.emit('close'));
    return this;
  }

  #take({ status, headers, body }: Answer): void {
    if (this.#destroyed) {
      body.on('error', () => undefined).destroy();
      return;
    }
    this.#body = body;
    this.emit('response', Object.assign(body, { statusCode: status, headers }));
  }
}

/** Two ticks: what was planned for the next one comes first. */
function setImmediateTick(run: () => void): void {
  process.nextTick(() => process.nextTick(run));
}

/** As a proxy that asks for nothing packed: packing streams would work in the thread pool and end in any order. */
function headersOf({ headers = {} }: RequestOptions): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name !== 'accept-encoding' && name !== 'content-length');
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function unpacked(headers: Record<string, string>, body: Uint8Array | undefined): Buffer | undefined {
  if (!body) return undefined;
  const { 'content-encoding': encoding } = headers;
  delete headers['content-encoding'];
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'zstd') return zstdDecompressSync(body);
  return Buffer.from(body);
}
