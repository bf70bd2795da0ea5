/**
 * A line between a desk and central that a test can spoil: it passes bytes on, or delays them, swallows them, breaks
 * off, or loses the answer to one particular push after central has received it.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface LineProxy {
  /** Where a desk finds central through this line. */
  url: string;
  /** Passes everything on again. What hangs stays hung: those connections have lost bytes. */
  mend(): void;
  /** Breaks every connection off, and every new one at once. */
  cut(): void;
  /** Takes connections and bytes and answers nothing, like a firewall that drops. */
  blackHole(): void;
  /** Each way takes so much longer from now on. Milliseconds. */
  delay(ms: number): void;
  /**
   * The answer to the n-th push from now (1: the next) never arrives: the connection breaks once central has begun to
   * answer. Resolves when that has happened.
   */
  loseAnswerOfPush(n: number): Promise<void>;
  /** Pushes that have passed so far. */
  pushes(): number;
  close(): Promise<void>;
}

interface LossPlan {
  left: number;
  happened: () => void;
}

class Line {
  mode: 'pass' | 'cut' | 'black hole' = 'pass';
  delayMs = 0;
  pushes = 0;
  loss: LossPlan | undefined;
  readonly target: { host: string; port: number };
  readonly sockets = new Set<Socket>();

  constructor(centralUrl: string) {
    const { hostname, port } = new URL(centralUrl);
    this.target = { host: hostname, port: Number(port) };
  }

  accept(desk: Socket): void {
    this.track(desk);
    if (this.mode === 'cut') {
      desk.destroy();
      return;
    }
    const central = connect(this.target);
    this.track(central);
    let losing: LossPlan | undefined;
    desk.on('data', (bytes) => {
      // Requests are not pipelined, so each begins a chunk of its own.
      if (bytes.subarray(0, 15).toString('latin1') === 'POST /sync/push') losing = this.countPush();
      this.pass(bytes, central);
    });
    central.on('data', (bytes) => {
      if (!losing) {
        this.pass(bytes, desk);
        return;
      }
      const { happened } = losing;
      losing = undefined;
      desk.destroy();
      central.destroy();
      happened();
    });
    desk.on('close', () => central.destroy());
    central.on('close', () => {
      if (this.mode !== 'black hole') desk.destroy();
    });
  }

  private countPush(): LossPlan | undefined {
    this.pushes += 1;
    const plan = this.loss;
    if (!plan) return undefined;
    plan.left -= 1;
    if (plan.left > 0) return undefined;
    this.loss = undefined;
    return plan;
  }

  private pass(bytes: Buffer, to: Socket): void {
    if (this.mode === 'black hole') return;
    if (this.delayMs === 0) to.write(bytes);
    else setTimeout(() => to.write(bytes), this.delayMs);
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  breakAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

export async function startLineProxy(centralUrl: string): Promise<LineProxy> {
  const line = new Line(centralUrl);
  const server: Server = createServer((desk) => line.accept(desk));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mend: () => {
      line.mode = 'pass';
      line.delayMs = 0;
    },
    cut: () => {
      line.mode = 'cut';
      line.breakAll();
    },
    blackHole: () => {
      line.mode = 'black hole';
    },
    delay: (ms) => {
      line.delayMs = ms;
    },
    loseAnswerOfPush: (n) =>
      new Promise((resolve) => {
        line.loss = { left: n, happened: resolve };
      }),
    pushes: () => line.pushes,
    close: () => {
      line.breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
