/** The belt against a central that answers chunk by chunk when it is told to: what is asked for when, and given to whom. */
import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChunkHeader, FillChunkRequest } from '../../src-shared/protocol/fill.ts';
import { readChunk, type ChunkRows, type ReadChunk } from '../fill/read-chunk.ts';
import type { OpenPart } from '../replica/filling.ts';
import { ChunkBelt } from './chunk-belt.ts';
import { CHUNKS_AHEAD } from './limits.ts';
import type { SyncLine } from './sync-line.ts';

const PARTS = (['branch', 'product', 'priceList'] as const).map((kind, index): OpenPart => ({
  scopeId: index + 1,
  scope: 'catalogue',
  kind,
  from: 'e.1',
  after: '',
}));
/** The chunks of each part, by the key that they go on after; the last has nothing past it. */
const NEXT: Record<string, string | null> = { '': 'a', a: 'b', b: 'c', c: 'd', d: null };

let asked: { name: string; answer: (frame?: Uint8Array) => void }[];
let parsed: string[];
/** How many are read at the moment, on threads that take their time. */
let reading = 0;
let attended: boolean;
let belt: ChunkBelt;

function frame(of: Pick<ChunkHeader, 'kind' | 'after' | 'next'>, body = ''): Uint8Array {
  const header = { epoch: 'e', scope: 'catalogue', at: 'e.1', rows: 0, rawBytes: 0, encoding: 'gzip', ...of };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), gzipSync(body)]);
  return Buffer.concat([Buffer.from(`${hash('sha256', content)}\n`), content]);
}

beforeEach(() => {
  asked = [];
  parsed = [];
  attended = false;
  const fillChunk = ({ kind, after }: FillChunkRequest): Promise<Uint8Array> =>
    new Promise((resolve) => {
      const right = frame({ kind, after, next: kind === 'product' ? (NEXT[after] ?? null) : null });
      asked.push({ name: `${kind} ${after}`, answer: (other) => resolve(other ?? right) });
    });
  const counting: ReadChunk = async (bytes) => {
    reading += 1;
    try {
      const chunk = await readChunk(bytes);
      parsed.push(`${chunk.header.kind} ${chunk.header.after}`);
      return chunk;
    } finally {
      reading -= 1;
    }
  };
  const line = { transport: { fillChunk }, token: 't', life: 'l', epoch: 'e' } as unknown as SyncLine;
  belt = new ChunkBelt(line, { readChunk: counting, pace: { isAttended: () => attended } });
});
afterEach(() => belt.forget());

/** Lets everything happen that needs nobody. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn = reading > 0 ? 0 : turn + 1) await setImmediate();
}

async function answerAll(): Promise<void> {
  for (let known = -1; known < asked.length;) {
    known = asked.length;
    for (const { answer } of asked) answer();
    await settle();
  }
}

const [branch, product, list] = PARTS as [OpenPart, OpenPart, OpenPart];
const names = (): string[] => asked.map(({ name }) => name);
const at = (after: string): [OpenPart, OpenPart] => [{ ...product, after }, list];

test('what follows is asked for as soon as a header is here, across short parts, and no more than may be held', async () => {
  const taken = belt.take([branch, product, list]);
  expect(names()).toEqual(['branch ']);
  await answerAll();
  expect((await taken).header.kind).toBe('branch');
  // One to be parsed, one that waits as it came; the third is asked for when one of them is taken.
  expect(names()).toEqual(['branch ', 'product ', 'product a']);
  expect(asked).toHaveLength(1 + CHUNKS_AHEAD);
  expect(parsed).toEqual(['branch ', 'product ']);
  expect((await belt.take(at(''))).header.next).toBe('a');
  await answerAll();
  expect(names().slice(3)).toEqual(['product b']);
  expect(parsed).toEqual(['branch ', 'product ', 'product a']);
});

test('the whole of several parts comes once each, in order', async () => {
  const got: string[] = [];
  const open = [branch, product, list];
  while (open.length > 0) {
    const [part, ...others] = open as [OpenPart, ...OpenPart[]];
    const coming = belt.take([part, ...others]);
    await answerAll();
    const { header } = await coming;
    got.push(`${header.kind} ${header.after}`);
    if (header.next === null) open.shift();
    else open[0] = { ...part, after: header.next };
  }
  expect(got).toEqual(['branch ', 'product ', 'product a', 'product b', 'product c', 'product d', 'priceList ']);
  expect(names()).toEqual(got);
});

test('a chunk that was garbled is asked for again, and what its header led to is dropped', async () => {
  const first = belt.take(at(''));
  await settle();
  const lying = Buffer.from(frame({ kind: 'product', after: '', next: 'x' }));
  lying[lying.length - 1] = (lying.at(-1) ?? 0) ^ 1;
  asked[0]?.answer(lying);
  await settle();
  expect(names()).toEqual(['product ', 'product x', 'product ']);
  await answerAll();
  expect((await first).header.next).toBe('a');
  const second: Promise<ChunkRows> = belt.take(at('a'));
  await answerAll();
  expect((await second).header.after).toBe('a');
  expect(parsed.filter((name) => name === 'product a')).toHaveLength(1);
});

test('while somebody works at the desk nothing is done ahead, and as soon as nobody does, all of it again', async () => {
  attended = true;
  const first = belt.take([branch, product, list]);
  await answerAll();
  expect((await first).header.kind).toBe('branch');
  const second = belt.take(at(''));
  await answerAll();
  expect((await second).header.next).toBe('a');
  expect(names()).toEqual(['branch ', 'product ']);
  attended = false;
  const third = belt.take(at('a'));
  await answerAll();
  expect((await third).header.after).toBe('a');
  expect(names().slice(2)).toEqual(['product a', 'product b', 'product c']);
  attended = true;
  // What came ahead is used; no more is asked for.
  const fourth = belt.take(at('b'));
  await answerAll();
  expect((await fourth).header.after).toBe('b');
  expect(names().slice(2)).toEqual(['product a', 'product b', 'product c']);
});

test('what is coming when nobody wants more is neither parsed nor followed', async () => {
  const taken = belt.take(at(''));
  await settle();
  asked[0]?.answer();
  await settle();
  await taken;
  belt.forget();
  await answerAll();
  expect(names()).toEqual(['product ', 'product a']);
  expect(parsed).toEqual(['product ']);
});
