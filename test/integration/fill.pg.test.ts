/**
 * Fills on a real PostgreSQL and real desk files, cut at any row. Goal: whatever cuts, garbles or overtakes a fill, it
 * ends with central's rows, and no order that the desk has acknowledged is ever out of sight.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { reconcileGrants } from '../../src-central/grants/grants.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { CATALOGUE_LOCK, GRANTS_LOCK } from '../../src-central/db/lock-keys.ts';
import { priceOf, productOf } from '../../src-central/db/rows.ts';
import { writeTransaction } from '../../src-central/db/write-transaction.ts';
import { secretHash } from '../../src-central/identity/tokens.ts';
import { FillService } from '../../src-central/snapshot/fill-service.ts';
import { refillAll, refillScopes } from '../../src-main/fill/begin.ts';
import { wrongSearchIndexes } from '../../src-main/replica/check-search.ts';
import { isAllEntered } from '../../src-main/replica/search/search-index.ts';
import { heldScopes } from '../../src-main/replica/scopes.ts';
import { refill } from '../../src-main/sync/fill-once.ts';
import { startTestCentral, type TestCentral } from '../support/central-fixture.ts';
import { openFillDesk, type FillDesk } from '../support/fill-desk.ts';
import { orderFor } from '../support/office.ts';
import { seededRandom } from '../support/seeded-catalogue.ts';
import { newId } from '../support/test-house.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const SEEDS = FULL ? 200 : 5;

class Killed extends Error {}

let central: TestCentral;
let fills: FillService;
let opened: FillDesk[] = [];

beforeAll(async () => {
  central = await startTestCentral(undefined, { logLevel: 'silent' });
  const { epoch } = await central.db.selectFrom('epoch').select('epoch').executeTakeFirstOrThrow();
  fills = new FillService({ db: central.db, epoch: { epoch }, chunkRows: () => 2 });
});
afterAll(async () => {
  for (const desk of opened) desk.dispose();
  opened = [];
  await central.stop();
});

async function openDesk(): Promise<FillDesk> {
  const desk = await openFillDesk(central, fills);
  opened.push(desk);
  return desk;
}

/** A price that nobody asks for; its removal must not be undone by a chunk from before. */
async function addPrice(): Promise<string> {
  return writeTransaction(central.db, [CATALOGUE_LOCK], async (tx) => {
    const list = await tx
      .selectFrom('price_list')
      .select('price_list_id')
      .where('customer_id', 'is', null)
      .executeTakeFirstOrThrow();
    const row = await tx
      .insertInto('price')
      .values({
        price_id: newId(),
        price_list_id: list.price_list_id,
        product_id: central.house.products['P5']?.productId ?? '',
        unit: 'piece',
        unit_price: 1_000,
        valid_from: `20${String(10 + Math.floor(Math.random() * 89))}-01-${String(1 + Math.floor(Math.random() * 28)).padStart(2, '0')}`,
        valid_to: '2000-01-01',
      })
      .onConflict((oc) => oc.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row) return '';
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'price', priceOf(row), row.rev)]);
    return row.price_id;
  });
}

async function removePrice(priceId: string): Promise<void> {
  if (priceId === '') return;
  await writeTransaction(central.db, [CATALOGUE_LOCK], async (tx) => {
    const row = await tx.deleteFrom('price').where('price_id', '=', priceId).returning('rev').executeTakeFirst();
    if (!row) return;
    const gone = { scope: CATALOGUE_SCOPE, kind: 'price', key: priceId, rev: row.rev + 1, rowJson: null } as const;
    await recordChanges(tx, [gone]);
  });
}

async function renameProduct(name: string): Promise<void> {
  await writeTransaction(central.db, [CATALOGUE_LOCK], async (tx) => {
    const row = await tx
      .updateTable('product')
      .set((eb) => ({ name, rev: eb('rev', '+', 1) }))
      .where('code', '=', 'P3')
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'product', productOf(row), row.rev)]);
  });
}

async function grantBranch(desk: FillDesk, branchId: string, granted: boolean): Promise<void> {
  const deviceId = (
    await central.db
      .selectFrom('device')
      .select('device_id')
      .where('token_hash', '=', tokenHash(desk))
      .executeTakeFirstOrThrow()
  ).device_id;
  await writeTransaction(central.db, [GRANTS_LOCK], async (tx) => {
    if (granted) await tx.insertInto('device_branch').values({ device_id: deviceId, branch_id: branchId }).execute();
    else await tx.deleteFrom('device_branch').where('device_id', '=', deviceId).execute();
    await reconcileGrants(tx, [deviceId], Date.now());
  });
}

async function pinsOf(desk: FillDesk): Promise<number> {
  const pins = await central.db
    .selectFrom('feed_pin')
    .innerJoin('device', 'device.device_id', 'feed_pin.device_id')
    .select('xid')
    .where('token_hash', '=', tokenHash(desk))
    .execute();
  return pins.length;
}

function tokenHash(desk: FillDesk): Buffer {
  return secretHash(desk.line.token);
}

async function expectCentrals(desk: FillDesk): Promise<void> {
  await desk.finish();
  const { equal, different } = await desk.verify();
  expect({ equal, different }).toEqual({ equal: true, different: [] });
  expect(isAllEntered(desk.store)).toBe(true);
  expect(await wrongSearchIndexes(desk.store, () => Promise.resolve())).toEqual([]);
  expect(heldScopes(desk.store).map(({ state }) => state)).not.toContain('filling');
}

function place(desk: FillDesk): string | undefined {
  try {
    return desk.desk.orders.place(orderFor(central.house), 'en').orderId;
  } catch (error) {
    // Before product, customer and price are there.
    if (error instanceof AppError && error.data.code === 'INPUT') return undefined;
    throw error;
  }
}

function expectInSight(desk: FillDesk, orderIds: readonly string[]): void {
  const shown = new Set(desk.desk.orders.list({ offset: 0, limit: 200 }).rows.map((row) => row.orderId));
  for (const orderId of orderIds) {
    expect(shown).toContain(orderId);
    expect(desk.desk.orders.get(orderId as never, 'en')).toBeDefined();
  }
}

/** One bit of it another. */
function turned(frame: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * frame.length);
  frame[at] = (frame[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return frame;
}

function rowsOf(desk: FillDesk): number {
  return Object.values(desk.digest()).reduce((sum, { rows }) => sum + rows, 0);
}

describe('a fill', () => {
  test(
    'that is killed, garbled and overtaken at any row ends with central’s rows, and keeps every order',
    { timeout: FULL ? 1_200_000 : 60_000 },
    async () => {
      const prices: string[] = [];
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const random = seededRandom(seed);
        const desk = await openDesk();
        const placed: string[] = [];
        let lastFrame: Uint8Array | undefined;
        desk.faults.onPause = () => {
          expectInSight(desk, placed);
          if (random() < 0.04) throw new Killed();
        };
        desk.faults.onChunk = (frame) => {
          const dice = random();
          if (dice < 0.05) throw new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'broken off' });
          if (dice < 0.1) return turned(frame, random);
          if (dice > 0.9 && lastFrame) return lastFrame;
          if (dice > 0.85) return frame.subarray(0, Math.floor(random() * frame.length));
          lastFrame = frame;
          return frame;
        };
        for (let step = 0; step < 30; step += 1) {
          const dice = random();
          try {
            if (dice < 0.45) await desk.fill();
            else if (dice < 0.6) await desk.pull();
            else if (dice < 0.7) await desk.push();
            else if (dice < 0.75) await renameProduct(`JAM ${seed} ${step}`);
            else if (dice < 0.82) prices.push(await addPrice());
            else if (dice < 0.9) await removePrice(prices.splice(Math.floor(random() * prices.length), 1)[0] ?? '');
            else if (dice < 0.92) refillScopes(desk.store, [CATALOGUE_SCOPE]);
            else if (dice < 0.94) await refill(desk.line);
            else {
              const orderId = place(desk);
              if (orderId !== undefined) placed.push(orderId);
            }
          } catch (error) {
            if (error instanceof Killed) desk.reopen();
            else if (!(error instanceof AppError) || error.data.code !== 'CENTRAL_UNREACHABLE') throw error;
          }
          expectInSight(desk, placed);
        }
        desk.faults.onPause = () => expectInSight(desk, placed);
        delete desk.faults.onChunk;
        await expectCentrals(desk);
        expectInSight(desk, placed);
        expect(desk.desk.queue('en')).toEqual([]);
      }
    },
  );

  test('holds compaction up no longer than its desk reads from there, and again when it begins anew', async () => {
    const desk = await openDesk();
    await desk.finish();
    await renameProduct('READ FURTHER ON');
    await desk.pull();
    expect(await pinsOf(desk)).toBe(1);
    // A node that knows of no pin, and has not noted where this desk is.
    await central.restart();
    await desk.pull();
    expect(await pinsOf(desk)).toBe(0);
    // From the very position that it was given before.
    await refill(desk.line);
    expect(await pinsOf(desk)).toBe(1);
    await expectCentrals(desk);
  });

  test('loses less than one chunk to a kill, and goes on where it was', async () => {
    const desk = await openDesk();
    let slices = 0;
    desk.faults.onPause = () => {
      slices += 1;
      if (slices === 9) throw new Killed();
    };
    await expect(desk.fill()).rejects.toThrow(Killed);
    desk.reopen();
    const had = rowsOf(desk);
    expect(had).toBeGreaterThan(3);
    const asked: number[] = [];
    desk.faults.onChunk = (frame) => {
      asked.push(JSON.parse(Buffer.from(frame).subarray(65).toString().split('\n')[0] ?? '').rows as number);
      return frame;
    };
    delete desk.faults.onPause;
    await desk.fill();
    // All that is asked for again is what was not there.
    expect(asked.reduce((sum, rows) => sum + rows, 0)).toBe(rowsOf(desk) - had);
    await expectCentrals(desk);
  });
});

describe('rows that central removes while a scope fills', () => {
  test('do not come back by a chunk from before', async () => {
    const priceId = await addPrice();
    // The first desk leaves the chunk in central's memory.
    const first = await openDesk();
    await first.fill();
    const second = await openDesk();
    await second.pull();
    await removePrice(priceId);
    await second.pull();
    await second.fill();
    const rows = second.store
      .query<{ id: string }, { price_id: string }>((db, p) =>
        db.selectFrom('price').select('price_id').where('price_id', '=', p.id),
      )
      .all({ id: priceId });
    expect(rows).toEqual([]);
    await expectCentrals(second);
    await expectCentrals(first);
  });
});

describe('a scope', () => {
  test('that is granted fills while the others stay as they are; taken away in the middle it leaves nothing', async () => {
    const desk = await openDesk();
    await expectCentrals(desk);
    const before = desk.digest();
    const { ningbo } = central.house;
    await grantBranch(desk, ningbo.branchId, true);
    await desk.pull();
    expect(heldScopes(desk.store)).toContainEqual(
      expect.objectContaining({ name: branchScope(ningbo.branchId), state: 'filling' }),
    );
    await expectCentrals(desk);
    expect(desk.digest()['stock']?.rows).toBe(2 * (before['stock']?.rows ?? 0));
    await grantBranch(desk, ningbo.branchId, false);
    await expectCentrals(desk);
    await grantBranch(desk, ningbo.branchId, true);
    await desk.pull();
    let slices = 0;
    desk.faults.onPause = () => {
      slices += 1;
      if (slices === 3) throw new Killed();
    };
    await expect(desk.fill()).rejects.toThrow(Killed);
    delete desk.faults.onPause;
    await grantBranch(desk, ningbo.branchId, false);
    // The chunk that is asked for is not given any more; the feed has not said why yet.
    await desk.fill();
    await expectCentrals(desk);
    expect(desk.digest()['stock']).toEqual(before['stock']);
  });
});

describe('a refill', () => {
  test('mends rows that were spoilt or should not be there, and shows the orders all the while', async () => {
    const desk = await openDesk();
    await expectCentrals(desk);
    const orderId = place(desk) ?? '';
    await desk.push();
    await desk.pull();
    const waiting = place(desk) ?? '';
    const spoil = desk.store.command<{ scope: number }, never>((db, p) =>
      db.updateTable('price').set({ unit_price: 1, rev: 900 }).where('scope_id', '=', p.scope),
    );
    const ghost = desk.store.command<{ id: string; scope: number }, never>((db, p) =>
      db.insertInto('price_list').values({
        price_list_id: p.id,
        code: 'G',
        name: 'G',
        currency: 'GBP',
        customer_id: null,
        rev: 1,
        scope_id: p.scope,
      }),
    );
    const scope = heldScopes(desk.store).find(({ name }) => name === CATALOGUE_SCOPE);
    desk.store.transaction((tx) => {
      spoil.run(tx, { scope: scope?.scopeId ?? 0 });
      ghost.run(tx, { id: uuidV7(1, new Uint8Array(10)), scope: scope?.scopeId ?? 0 });
    });
    expect((await desk.verify()).equal).toBe(false);
    refillScopes(desk.store, [CATALOGUE_SCOPE]);
    desk.faults.onPause = () => expectInSight(desk, [orderId, waiting]);
    expect(desk.desk.queue('en').map((entry) => entry.orderId)).toEqual([waiting]);
    await expectCentrals(desk);
  });

  test('of everything, into another life of central, takes rows of lower versions', async () => {
    const desk = await openDesk();
    await expectCentrals(desk);
    const raise = desk.store.command<Record<string, never>, never>((db) => db.updateTable('product').set({ rev: 999 }));
    desk.store.transaction((tx) => raise.run(tx, {}));
    const open = await desk.line.transport.fillOpen({ protocol: 2, cursor: '' }, { token: desk.line.token });
    refillAll(desk.store, open);
    // Meanwhile the feed brings a row whose version is lower than the stale one's.
    await renameProduct('JAM OF ANOTHER LIFE');
    await desk.pull();
    await expectCentrals(desk);
  });
});
