/** The fault proxy itself: each fault does what it says, to connections that are open and to new ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WELL } from './faults.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

/** Answers what it gets, and keeps count of its connections. */
let echo: Server;
let atEcho: Socket[] = [];
let line: FaultProxy;
const opened: Socket[] = [];

beforeEach(async () => {
  atEcho = [];
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    atEcho.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  line = await startFaultProxy({ target: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`, seed: 7 });
});
afterEach(async () => {
  for (const socket of [...opened.splice(0), ...atEcho]) socket.destroy();
  await line.close();
  echo.close();
});

async function open(): Promise<Socket> {
  const socket = connect({ port: Number(new URL(line.url).port), host: '127.0.0.1', allowHalfOpen: true });
  opened.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function read(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (Buffer.concat(chunks).length >= bytes) break;
  }
  return Buffer.concat(chunks);
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return (await read(socket, text.length)).toString();
}

/** How the line ended it. */
function fate(socket: Socket): Promise<string> {
  socket.resume();
  return new Promise((resolve) => {
    socket.once('end', () => resolve('ended')).once('close', (broken) => resolve(broken ? 'reset' : 'closed'));
  });
}

function closed(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => socket?.once('close', () => resolve()));
}

describe('a line that is well', () => {
  test('passes everything on in order, and the end of one side while the other still speaks', async () => {
    const socket = await open();
    const sent = Buffer.alloc(1_000_000, 'abcdefg');
    socket.end(sent);
    expect((await read(socket, sent.length)).equals(sent)).toBe(true);
    expect(await fate(socket)).toBe('ended');
    expect(line.bytes()).toEqual({ up: sent.length, down: sent.length });
  });
});

describe('a line that is slow', () => {
  test('takes its time each way, in order, whatever the jitter', async () => {
    await line.set({ latencyMs: 30, jitterMs: 40 });
    const socket = await open();
    const began = performance.now();
    expect(await ask(socket, 'one')).toBe('one');
    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
    for (let part = 0; part < 20; part += 1) socket.write(String(part).padStart(3));
    expect((await read(socket, 60)).toString()).toBe(
      Array.from({ length: 20 }, (_, part) => String(part).padStart(3)).join(''),
    );
  });

  test('is shared by its connections: a large answer does not shut out a small one', async () => {
    await line.set({ bytesPerSecond: 40_000 });
    const [large, small] = [await open(), await open()];
    const began = performance.now();
    large.write(Buffer.alloc(30_000));
    const bulk = read(large, 30_000);
    await ask(small, 'me too');
    const smallTookMs = performance.now() - began;
    await bulk;
    const bulkTookMs = performance.now() - began;
    expect(bulkTookMs).toBeGreaterThanOrEqual(700);
    expect(smallTookMs).toBeLessThan(bulkTookMs);
  });
});

describe('a line that swallows', () => {
  test('keeps a connection dead that has lost bytes, also once it is well; new ones pass', async () => {
    const socket = await open();
    await ask(socket, 'before');
    await line.set({ up: 'drop', down: 'drop' });
    socket.write('lost');
    while (line.counts()['a connection lost bytes (up)'] === undefined) await new Promise(setImmediate);
    await line.heal();
    socket.write('also lost');
    expect(await ask(await open(), 'new')).toBe('new');
    expect(socket.bytesRead).toBe('before'.length);
    expect(socket.destroyed).toBe(false);
  });

  test('in one way lets the other pass: what is asked arrives, and its answer is lost', async () => {
    await line.set({ down: 'drop' });
    const socket = await open();
    socket.write('heard?');
    while (line.counts()['a connection lost bytes (down)'] === undefined) await new Promise(setImmediate);
    expect(atEcho[0]?.bytesRead).toBe('heard?'.length);
    expect(socket.bytesRead).toBe(0);
  });

  test('tells nobody that the far end has gone (half-open)', async () => {
    const socket = await open();
    await ask(socket, 'before');
    const gone = closed(atEcho[0]);
    line.forgetAll();
    await gone;
    expect(await ask(await open(), 'new')).toBe('new');
    expect([socket.destroyed, socket.readableEnded]).toEqual([false, false]);
  });
});

describe('a line that breaks', () => {
  test('resets open connections, new ones at once, or does not listen; and listens again at the same port', async () => {
    const socket = await open();
    await ask(socket, 'before');
    line.resetAll();
    expect(await fate(socket)).toBe('reset');
    await line.set({ accept: 'reset' });
    // So soon that it may be told while it still opens.
    expect(await open().then(fate, (error: NodeJS.ErrnoException) => error.code)).toMatch(/reset/i);
    await line.set({ accept: 'refuse' });
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await line.set({ accept: 'pass' });
    expect(await ask(await open(), 'new')).toBe('new');
  });

  test('resets exchanges at the given rate: before, after and during, all of them', async () => {
    await line.set({ resetRate: 0.5 });
    let answered = 0;
    for (let count = 0; count < 120; count += 1) {
      const socket = await open();
      socket.write('question');
      const how = await Promise.race([read(socket, 8).then((bytes) => bytes.length), fate(socket)]).catch(
        () => 'reset',
      );
      if (how === 8) answered += 1;
      socket.destroy();
    }
    const {
      'a reset (before)': before = 0,
      'a reset (after)': after = 0,
      'a reset (during)': during = 0,
    } = line.counts();
    expect(before + after + during + answered).toBe(120);
    for (const count of [before, after, during]) expect(count).toBeGreaterThan(5);
    expect(answered).toBeGreaterThan(40);
  });

  test('loses the answer to one particular request after it has arrived', async () => {
    const lost = line.loseAnswer('POST /b', 2);
    const first = await open();
    expect(await ask(first, 'POST /b 1')).toBe('POST /b 1');
    expect(await ask(first, 'POST /a 1')).toBe('POST /a 1');
    first.write('POST /b 2');
    await lost;
    expect(atEcho[0]?.bytesRead).toBe(27);
    expect(line.requests('POST /b')).toBe(2);
    expect(await ask(await open(), 'POST /b 3')).toBe('POST /b 3');
  });
});

describe('a line that lies', () => {
  test('turns single bits over, and keeps count', async () => {
    await line.set({ corruptRate: 1 });
    const socket = await open();
    const text = 'x'.repeat(100);
    const differing = (await ask(socket, text)).replaceAll('x', '').length;
    expect(differing).toBeGreaterThan(0);
    expect(differing).toBeLessThanOrEqual(line.counts()['a bit turned over'] ?? 0);
  });

  test('ends what it has cut short politely, as if that had been all', async () => {
    await line.set({ truncateRate: 1 });
    const socket = await open();
    socket.write('y'.repeat(100));
    expect(await fate(socket)).toBe('ended');
    expect(socket.bytesRead).toBeLessThan(100);
  });
});

test('the proxy is a program, too, that is told its faults line by line', async () => {
  const { port } = echo.address() as AddressInfo;
  const main = new URL('./main.ts', import.meta.url).pathname;
  const program = spawn(process.execPath, [main, '--target', `http://127.0.0.1:${port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const say = async (what: unknown): Promise<unknown> => {
    program.stdin.write(`${JSON.stringify(what)}\n`);
    return JSON.parse((await lines.next()).value as string);
  };
  expect((await lines.next()).value).toMatch(/^fault proxy ready at http:/);
  expect(await say({ set: { latencyMs: 5 } })).toMatchObject({ done: true });
  expect(await say({ set: { latency: 5 } })).toMatchObject({ done: false });
  expect(await say({ do: 'heal' })).toMatchObject({ done: true, bytes: { up: 0, down: 0 } });
  program.stdin.end();
  expect((await once(program, 'exit'))[0]).toBe(0);
  expect(Object.keys(WELL)).toHaveLength(10);
});
