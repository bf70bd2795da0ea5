/** The kinds of port that the local server may be handed, each as the one that the link knows. */
import type { MessagePort as WorkerMessagePort } from 'node:worker_threads';
import type { LinkPort } from '../../../src-shared/desk-link/wire.ts';

/** A port of node:worker_threads, as tests, benches and worker hosts have it. */
export function workerLinkPort(port: WorkerMessagePort): LinkPort {
  return {
    post: (message) => port.postMessage(message),
    listen: (on) => {
      port.on('message', (message: unknown) => on.message(message));
      port.on('close', () => on.closed());
    },
    close: () => port.close(),
  };
}

/** Electron's MessagePortMain by its shape: this folder knows nothing of Electron. */
export interface MainProcessPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export function mainProcessLinkPort(port: MainProcessPort): LinkPort {
  return {
    post: (message) => port.postMessage(message),
    listen: (on) => {
      port.on('message', (event) => on.message(event.data));
      port.on('close', () => on.closed());
      port.start();
    },
    close: () => port.close(),
  };
}
