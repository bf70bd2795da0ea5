/** What `fetch` is in a simulation: as much of it as desks of earlier versions use, over the network. */
import type { Readable } from 'node:stream';
import type { Network } from './network.ts';

export function simFetch(network: Network, url: string, init: RequestInit): Promise<Response> {
  const signal = init.signal ?? undefined;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    let body: Readable | undefined;
    const giveUp = network.ask({
      url: new URL(url),
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      payload: typeof init.body === 'string' ? Buffer.from(init.body) : undefined,
      connected: () => undefined,
      answer: (answer) => {
        ({ body } = answer);
        resolve(new Response(streamOf(body), { status: answer.status, headers: answer.headers }));
      },
      // As undici says it: the system's own error stands behind it.
      fail: (error) => reject(new TypeError('fetch failed', { cause: error })),
    });
    signal?.addEventListener('abort', () => {
      giveUp();
      body?.destroy(signal.reason as Error);
      reject(signal.reason as Error);
    });
  });
}

function streamOf(body: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      let open = true;
      const end = (how: () => void): void => {
        if (open) how();
        open = false;
      };
      body.on('data', (bytes: Buffer) => open && controller.enqueue(new Uint8Array(bytes)));
      body.on('end', () => end(() => controller.close()));
      body.on('error', (error) => end(() => controller.error(error)));
    },
    cancel: () => void body.on('error', () => undefined).destroy(),
  });
}
