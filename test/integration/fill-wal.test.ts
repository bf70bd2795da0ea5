/**
 * A fill on a real file, with the real thread that moves the WAL into it. Goal: the WAL never comes to where the next
 * commit, which may be somebody's order, would have to move all of it.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { Product } from '../../src-shared/domain/product.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import type { ChunkHeader } from '../../src-shared/protocol/fill.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { applyChunk, type MoveWal } from '../../src-main/fill/apply-chunk.ts';
import { beginFirstFill } from '../../src-main/fill/begin.ts';
import { createChunkThread } from '../../src-main/fill/chunk-thread.ts';
import { createPace } from '../../src-main/fill/pace.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { nextParts } from '../../src-main/replica/filling.ts';
import { WAL_BACKSTOP_PAGES } from '../../src-main/store/limits.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import { seededProduct, seededRandom } from '../support/seeded-catalogue.ts';

const CHUNK_ROWS = 1_500;
const CHUNKS = 30;
/** As the belt does it (chunk-belt.ts): the thread has the next one when one is written. */
const AHEAD = 2;

test('a fill waits for a long WAL, so that no commit has to move it', async () => {
  const { longest, written } = await fill();
  // Without being begun anew it would be as long as all that was written.
  expect(written).toBeGreaterThan(1.2 * WAL_BACKSTOP_PAGES);
  expect(longest).toBeLessThan(0.85 * WAL_BACKSTOP_PAGES);
});

/** @returns pages of the WAL: the most that stood in it after a chunk, and all that ever did. */
async function fill(): Promise<{ longest: number; written: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'orderdesk-wal-'));
  const file = join(folder, 'desk.sqlite');
  const store = openStore(file, systemPlatform);
  const worker = new URL('../../src-main/fill/chunk-worker.ts', import.meta.url);
  const thread = createChunkThread(worker, (text, error) => expect.fail(`${text}: ${String(error)}`));
  onTestFinished(() => {
    thread.close();
    store.close();
    rmSync(folder, { recursive: true });
  });
  const parts = [{ scope: CATALOGUE_SCOPE, kind: 'product' as const, rows: CHUNKS * CHUNK_ROWS }];
  beginFirstFill(store, { epoch: 'e', now: 0, from: '1', parts });
  const pace = createPace({ now: () => performance.now(), pause: () => setImmediate() });
  const moveWal: MoveWal = (fromPages) => thread.moveWal(file, fromPages);
  const reading = framesOf(seededRandom(1)).map((frame) => () => thread.readChunk(frame));
  const ahead = reading.splice(0, AHEAD).map((read) => read());
  let [longest, written, before] = [0, 0, store.walPages()];
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    const [part] = nextParts(store);
    if (!part) throw new Error('the fill ended too soon');
    ahead.push(...reading.splice(0, 1).map((read) => read()));
    const chunk = await next;
    await applyChunk(chunk, { store, part, pace, moveWal });
    const pages = store.walPages();
    written += pages < before ? pages : pages - before;
    [longest, before] = [Math.max(longest, pages), pages];
  }
  return { longest, written };
}

function framesOf(random: () => number): Uint8Array[] {
  let after = '';
  return Array.from({ length: CHUNKS }, (_, count) => {
    const products = Array.from({ length: CHUNK_ROWS }, (__, n) => seededProduct(count * CHUNK_ROWS + n, random));
    const next = products.at(-1)?.productId ?? '';
    const frame = frameOf(products, { after, next });
    after = next;
    return frame;
  });
}

function frameOf(products: readonly Product[], { after, next }: Pick<ChunkHeader, 'after' | 'next'>): Uint8Array {
  const body = products.map((product) => `[1,${canonicalJson(product)}]`).join(',\n');
  const header: ChunkHeader = {
    epoch: 'e',
    scope: CATALOGUE_SCOPE,
    kind: 'product',
    after,
    at: '1',
    rows: products.length,
    rawBytes: Buffer.byteLength(body),
    encoding: 'zstd',
    next,
  };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), zstdCompressSync(body)]);
  return Buffer.concat([Buffer.from(`${createHash('sha256').update(content).digest('hex')}\n`), content]);
}
