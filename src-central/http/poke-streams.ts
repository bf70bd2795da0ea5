/**
 * The held-open streams: a heartbeat, so that a desk knows the line is alive, and a poke when a pull would find
 * something. A slow reader gets one poke for many; it loses nothing, for a poke carries nothing.
 */
import type { ServerResponse } from 'node:http';
import { HEARTBEAT_INTERVAL_MS } from '../../src-shared/protocol/limits.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import type { FeedWatcher, Listener } from '../change-feed/watcher.ts';
import type { Device } from '../identity/device.ts';
import type { Epoch } from '../identity/epoch.ts';
import { TOKEN_RECHECK_MS } from '../limits.ts';

interface OpenStream {
  deviceId: string;
  listener: Listener;
  close: () => void;
}

export interface StreamOptions {
  /** Asked now and then: the device may be revoked through another node. */
  isStillKnown: () => Promise<boolean>;
  /** Whether the desk reads an empty line as a heartbeat, which is most of what an idle line carries. */
  takesBeats: boolean;
}

export class PokeStreams {
  readonly #epoch: Pick<Epoch, 'epoch'>;
  readonly #watcher: FeedWatcher;
  readonly #open = new Map<ServerResponse, OpenStream>();

  constructor(epoch: Pick<Epoch, 'epoch'>, watcher: FeedWatcher) {
    this.#epoch = epoch;
    this.#watcher = watcher;
  }

  open(response: ServerResponse, device: Device, { isStillKnown, takesBeats }: StreamOptions): void {
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      // Proxies that gather an answer before they pass it on would hold every poke back.
      'x-accel-buffering': 'no',
    });
    let poked = false;
    let hasBegun = false;
    const send = (message: PokeMessage): void => {
      response.write(`${JSON.stringify(message)}\n`);
    };
    const poke = (): void => {
      if (response.writableNeedDrain) poked = true;
      else send({ type: 'poke' });
    };
    const beat = (): void => {
      if (takesBeats && hasBegun) {
        if (!response.writableNeedDrain) response.write('\n');
        return;
      }
      hasBegun = true;
      if (!response.writableNeedDrain) send({ type: 'heartbeat', epoch: this.#epoch.epoch, now: Date.now() });
    };
    response.on('drain', () => {
      if (poked) send({ type: 'poke' });
      poked = false;
    });
    const listener: Listener = { scopes: device.scopes, poke };
    const stopListening = this.#watcher.listen(listener);
    const heart = setInterval(beat, HEARTBEAT_INTERVAL_MS);
    const recheck = setInterval(() => {
      // An unreachable database says nothing about the device.
      void isStillKnown().then(
        (known) => known || response.end(),
        () => undefined,
      );
    }, TOKEN_RECHECK_MS);
    response.on('close', () => {
      stopListening();
      clearInterval(heart);
      clearInterval(recheck);
      this.#open.delete(response);
    });
    this.#open.set(response, { deviceId: device.deviceId, listener, close: () => response.end() });
    beat();
    // Something may have been committed between the desk's last pull and now.
    poke();
  }

  /** A device's scopes as they were just read: they may be others than when its stream was opened. */
  rescope({ deviceId, scopes }: Device): void {
    for (const stream of this.#open.values()) if (stream.deviceId === deviceId) stream.listener.scopes = scopes;
  }

  closeOf(deviceId: string): void {
    for (const stream of this.#open.values()) if (stream.deviceId === deviceId) stream.close();
  }

  closeAll(): void {
    for (const stream of this.#open.values()) stream.close();
  }
}
