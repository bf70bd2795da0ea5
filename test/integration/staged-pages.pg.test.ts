/**
 * A stretch of the feed that compaction has taken apart, pulled by a desk that stops in the middle of it. Goal: what was
 * staged is not asked for again, nothing of it is shown before its end, and the desk ends with central's rows.
 *
 * Method: a real desk's file, and a real central over HTTP. While the desk is away every product is renamed twice, in
 * transactions of a hundred, and the first names are compacted away: any part of what is left, shown by itself, is no
 * moment that central ever had. Between its pages the desk is closed, or killed: then it goes on with a copy of its file
 * as it lay.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compactFeed } from '../../src-central/change-feed/compact.ts';
import { readFeedState } from '../../src-central/change-feed/feed-state.ts';
import { foldFeed } from '../../src-central/change-feed/fold.ts';
import { readGate } from '../../src-central/change-feed/gate.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../../src-central/db/lock-keys.ts';
import { productOf } from '../../src-central/db/rows.ts';
import type { CentralTransaction } from '../../src-central/db/schema.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { digest } from '../../src-main/replica/digest.ts';
import { readCursor } from '../../src-main/replica/cursor.ts';
import { stagedCursor } from '../../src-main/replica/staged-pages.ts';
import { pullOnce } from '../../src-main/sync/pull-once.ts';
import { pushOnce } from '../../src-main/sync/push-once.ts';
import { verify } from '../../src-main/sync/verify.ts';
import { initialsOf } from '../../src-shared/domain/initials.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { EngineDesk } from '../support/engine-desk.ts';
import { newId } from '../support/test-house.ts';

/** More than central reads of the feed at a time (PULL_CHUNK_CHANGES), several times over: as many pages. */
const PRODUCTS = 3_200;
const OF_A_TRANSACTION = 100;
const LEAST_STAGED_PAGES = 3;

let central: TestCentral;
let desks: EngineDesk[] = [];

beforeAll(async () => {
  central = await startTestCentral();
  const ids = Array.from({ length: PRODUCTS }, newId);
  await inPieces(ids, async (tx, some) => {
    const name = 'BEFORE ALL';
    const rows = await tx
      .insertInto('product')
      .values(
        some.map((id, index) => ({
          product_id: id,
          code: `M${id}`,
          barcode: null,
          name: `${name} ${index}`,
          name_alt: null,
          initials: initialsOf(name),
          base_unit: 'piece',
          units: JSON.stringify([{ unit: 'piece', factor: 1_000 }]),
          step: 1_000,
          active: true,
        })),
      )
      .returningAll()
      .execute();
    await recordChanges(
      tx,
      rows.map((row) => putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev)),
    );
  });
});
afterAll(async () => {
  for (const desk of desks) desk.close();
  desks = [];
  await central.stop();
});

async function inPieces(
  ids: readonly string[],
  write: (tx: CentralTransaction, some: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += OF_A_TRANSACTION) {
    await writeTransaction(central.db, [CATALOGUE_LOCK], (tx) => write(tx, ids.slice(from, from + OF_A_TRANSACTION)));
  }
}

/** Gives every product another name, a hundred at a time. */
async function renameAll(name: string): Promise<void> {
  const products = await central.db.selectFrom('product').select('product_id').orderBy('code').execute();
  await inPieces(
    products.map((product) => product.product_id),
    async (tx, some) => {
      const rows = await tx
        .updateTable('product')
        .set((eb) => ({ name, initials: initialsOf(name), rev: eb('rev', '+', 1) }))
        .where('product_id', 'in', some)
        .returningAll()
        .execute();
      await recordChanges(
        tx,
        rows.map((row) => putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev)),
      );
    },
  );
}

/** Up to where the feed is now, whatever a fill of earlier has pinned. @returns how many changes went. */
async function compactAll(): Promise<number> {
  await foldFeed(central.db, (await readGate(central.db)).horizon);
  const { foldedTo } = await readFeedState(central.db);
  return compactFeed(central.db, { compactTo: foldedTo, horizon: '0', pinExpiryMs: 0 });
}

/** The desk on the file in its folder, whose pages end as soon as they can. */
function using(desk: EngineDesk): EngineDesk {
  desk.line.batchSize = { push: () => ({ mutations: 50, bytes: 1_000_000 }), pageBytes: () => 1 };
  desks = [...desks.filter((each) => each !== desk), desk];
  return desk;
}

/** How a desk's program ends between two pages, and begins anew. */
const STOPS = {
  closed: (desk: EngineDesk) => desk.restart(),
  killed: (desk: EngineDesk) => {
    const dir = desk.copyFile();
    return desk.restart({ dir });
  },
};

test.each(['closed', 'killed'] as const)(
  'what a desk had staged survives that it is %s after every page: it goes on from there, and shows nothing half',
  async (how) => {
    const code = await central.createEnrolmentCode('PD');
    let desk = using(await EngineDesk.enrol({ url: central.url, house: central.house }, { code, userName: 'clerk' }));
    const before = digest(desk.store);
    const cursor = readCursor(desk.store);
    expect(before['product']?.rows).toBeGreaterThan(PRODUCTS);
    await renameAll(`${how} FIRST`);
    await renameAll(`${how} SECOND`);
    expect(await compactAll()).toBeGreaterThanOrEqual(PRODUCTS);
    // And what compaction has left alone, behind it.
    await renameAll(`${how} THIRD`);

    let order: { orderId: string } | undefined;
    const staged: string[] = [];
    for (;;) {
      const from = stagedCursor(desk.store) ?? cursor;
      const asked = recordCursors(desk);
      await pullOnce(desk.line);
      // Not from the beginning: that would go on for ever over a line that breaks often enough.
      expect(asked).toEqual([from]);
      const now = stagedCursor(desk.store);
      if (now === undefined) break;
      staged.push(now);
      expect(readCursor(desk.store)).toBe(cursor);
      expect(digest(desk.store)).toEqual(before);
      // People go on working meanwhile: what they enter is sent, and its receipt comes behind all that is staged.
      if (!order) {
        order = desk.place(2);
        expect(await pushOnce(desk.line)).toBe(1);
      }
      desk = using(stopped(desk, how));
      expect(stagedCursor(desk.store)).toBe(now);
      expect(digest(desk.store)).toEqual(before);
      expect(desk.order(order.orderId).sync).not.toBe('applied');
    }
    expect(staged.length).toBeGreaterThanOrEqual(LEAST_STAGED_PAGES);
    // The whole stretch at once: each product has the second name, or by its last page already the third.
    expect(namesThatBegin(desk, 'BEFORE ALL')).toBe(0);
    expect(namesThatBegin(desk, `${how} FIRST`)).toBe(0);
    await desk.sync();
    expect(namesThatBegin(desk, `${how} THIRD`)).toBe(before['product']?.rows);
    expect(order && desk.order(order.orderId).sync).toBe('applied');
    const { equal, different } = await verify(desk.line, () => desk.sync());
    expect({ equal, different }).toEqual({ equal: true, different: [] });
  },
);

function stopped(desk: EngineDesk, how: keyof typeof STOPS): EngineDesk {
  desks = desks.filter((each) => each !== desk);
  return STOPS[how](desk);
}

/** The cursors with which the desk's next pulls ask. */
function recordCursors(desk: EngineDesk): string[] {
  const asked: string[] = [];
  const { pull } = desk.line.transport;
  desk.use({
    pull: (request, options) => {
      asked.push(request.cursor);
      return pull(request, options);
    },
  });
  return asked;
}

function namesThatBegin({ store }: EngineDesk, name: string): number {
  const { products } = store
    .query<{ like: string }, { products: number }>((db, p) =>
      db
        .selectFrom('product')
        .select((eb) => eb.fn.countAll<number>().as('products'))
        .where('name', 'like', p.like),
    )
    .get({ like: `${name}%` }) ?? { products: 0 };
  return products;
}
