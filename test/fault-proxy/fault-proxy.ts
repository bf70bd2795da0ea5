/**
 * A line that can be spoilt: a TCP proxy on the loopback address that knows nothing of what it carries.
 *
 * Guarantees: what it passes on it passes in order; every fault can be switched while connections are open and strikes
 * those too; what struck is counted. Choices come from a seed, but not when bytes come and in which pieces, so a run is
 * alike and not the same.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Connection } from './connection.ts';
import { WELL, type Faults } from './faults.ts';
import { chance } from './random.ts';
import { Tally } from './tally.ts';
import { Wire } from './wire.ts';

export interface FaultProxyOptions {
  /** A URL, like `http://127.0.0.1:8480`; only its host and port count. */
  target: string;
  seed?: number;
  /** 0 for any free one. */
  port?: number;
}

export interface FaultProxy {
  /** The target's URL through this line. */
  url: string;
  /** Resolves when new connections meet the faults. What is not named stays as it is. */
  set(faults: Partial<Faults>): Promise<void>;
  /** No faults any more; connections that have lost bytes stay dead. */
  heal(): Promise<void>;
  /** Resets every open connection. */
  resetAll(): void;
  /** Every open connection loses its far end and is not told. */
  forgetAll(): void;
  /** New connections lead elsewhere: what is behind it has been started again on another port. */
  retarget(url: string): void;
  /** The answer to the n-th request from now that begins with `text` is lost. Resolves when it is. */
  loseAnswer(text: string, n: number): Promise<void>;
  /** Requests that have begun with `text` so far. */
  requests(text: string): number;
  /** Bytes that have been put on the line. */
  bytes(): { up: number; down: number };
  counts(): Record<string, number>;
  close(): Promise<void>;
}

interface Loss {
  text: string;
  left: number;
  happened: () => void;
}

class Line {
  faults: Faults = { ...WELL };
  readonly tally = new Tally();
  readonly connections = new Set<Connection>();
  readonly beginnings = new Map<string, number>();
  readonly losses: Loss[] = [];
  #target: { host: string; port: number };
  readonly #chance;
  readonly wires: { up: Wire; down: Wire };

  constructor({ target, seed = 1 }: FaultProxyOptions) {
    this.#target = addressOf(target);
    this.#chance = chance(seed);
    const faults = (): Faults => this.faults;
    this.wires = { up: new Wire(faults, this.#chance), down: new Wire(faults, this.#chance) };
  }

  retarget(url: string): void {
    this.#target = addressOf(url);
  }

  listener(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      if (this.faults.accept === 'reset') {
        this.tally.count('a connection broken at once');
        near.on('error', () => undefined).resetAndDestroy();
        return;
      }
      const connection = new Connection(near, {
        target: this.#target,
        faults: () => this.faults,
        chance: this.#chance,
        wires: this.wires,
        tally: this.tally,
        onRequest: (bytes) => this.#begins(bytes.subarray(0, 64).toString('latin1')),
      });
      this.tally.count('a connection');
      this.connections.add(connection);
      connection.onClose = () => this.connections.delete(connection);
    });
  }

  #begins(text: string): (() => void) | undefined {
    const first = text.split(' ', 2).join(' ');
    this.beginnings.set(first, (this.beginnings.get(first) ?? 0) + 1);
    const loss = this.losses.find((each) => text.startsWith(each.text));
    if (!loss || --loss.left > 0) return undefined;
    this.losses.splice(this.losses.indexOf(loss), 1);
    return loss.happened;
  }
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const line = new Line(options);
  let server: Server | undefined = line.listener();
  const port = await listen(server, options.port ?? 0);
  const set = async (faults: Partial<Faults>): Promise<void> => {
    line.faults = { ...line.faults, ...faults };
    if (line.faults.accept === 'refuse' && server) {
      server.close();
      server = undefined;
    } else if (line.faults.accept !== 'refuse' && !server) {
      server = line.listener();
      await listen(server, port);
    }
  };
  const resetAll = (): void => {
    for (const connection of line.connections) connection.reset();
  };
  const url = new URL(options.target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href.replace(/\/$/, ''),
    set,
    heal: () => set(WELL),
    resetAll,
    forgetAll: () => {
      for (const connection of line.connections) connection.forget();
    },
    retarget: (target) => line.retarget(target),
    loseAnswer: (text, n) =>
      new Promise((happened) => {
        line.losses.push({ text, left: n, happened });
      }),
    requests: (text) =>
      [...line.beginnings].reduce((sum, [first, count]) => sum + (first.startsWith(text) ? count : 0), 0),
    bytes: () => ({ up: line.wires.up.bytes, down: line.wires.down.bytes }),
    counts: () => ({ ...line.tally.counts }),
    close: async () => {
      resetAll();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
