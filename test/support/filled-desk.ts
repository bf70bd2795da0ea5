/**
 * A data folder as a working day leaves it: an enrolled desk, a person signed in, a catalogue, settled orders and many
 * that wait; some of it still in the WAL, as after a crash. Made once, then copied for each test that spoils it.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { writeEnrolment, type EnrolmentRecord } from '../../src-main/identity/enrolment-record.ts';
import { beginSession } from '../../src-main/identity/sessions.ts';
import { makeKeyPair } from '../../src-main/identity/signing-key.ts';
import { createOrderDesk, type OrderDesk } from '../../src-main/orders/order-desk.ts';
import { nextBatch } from '../../src-main/outbox/next-batch.ts';
import { markSent } from '../../src-main/outbox/sending.ts';
import { applyPage } from '../../src-main/replica/apply-page.ts';
import { readCursor } from '../../src-main/replica/cursor.ts';
import { copyOrders } from '../../src-main/safety/copy-orders.ts';
import { copyWhole } from '../../src-main/safety/copy-whole.ts';
import { copyPath, deskFolder } from '../../src-main/safety/desk-folder.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import type { SignInResponse } from '../../src-shared/protocol/enrol.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { controlledPlatform, EPOCH, START_MS, type ControlledPlatform } from './desk-fixture.ts';
import { ModelCentral } from './model-central.ts';
import { BRANCH, changesOf, pagesOf, seededCatalogue, seededId, type Catalogue } from './seeded-catalogue.ts';

export interface FilledDeskSize {
  products: number;
  /** Orders that are settled before the whole copy, wait in the file, and wait in the WAL alone. */
  settled: number;
  waiting: number;
  inWal: number;
  linesEach: number;
}

/** Which copies lie beside the file. */
export type Copies = 'none' | 'orders' | 'whole' | 'both';

export interface FilledDesk {
  /** Ids of the mutations that wait, oldest first. */
  waiting: string[];
  settled: string[];
  /** A data folder of its own, as after a crash, with such copies. */
  leave(copies: Copies): string;
  central: ModelCentral;
  catalogue: Catalogue;
  dispose(): void;
}

const HOUR_MS = 3_600_000;

export async function filledDesk(size: FilledDeskSize): Promise<FilledDesk> {
  const root = mkdtempSync(join(tmpdir(), 'orderdesk-filled-'));
  const origin = deskFolder(join(root, 'origin'));
  mkdirSync(origin.backups, { recursive: true });
  const platform = controlledPlatform(7);
  const catalogue = seededCatalogue({ products: size.products, customers: 12, onHand: 1_000_000_000 });
  const central = new ModelCentral(catalogue);
  const placed: string[] = [];
  let desk = openAt(origin.file, platform);
  moveIn(desk.store, catalogue, platform);
  desk.store.close();
  desk = openAt(origin.file, platform);
  for (let n = 0; n < size.settled; n += 1) placed.push(place(desk, { platform, catalogue, n, lines: size.linesEach }));
  settle(desk.store, central, platform);
  await copyWhole({ file: origin.file, path: copyPath(origin, 'whole', platform.now()) });
  for (let n = 0; n < size.waiting; n += 1) {
    placed.push(place(desk, { platform, catalogue, n: n + size.settled, lines: size.linesEach }));
  }
  desk.store.close();
  desk = openAt(origin.file, platform);
  for (let n = 0; n < size.inWal; n += 1) {
    placed.push(place(desk, { platform, catalogue, n: n + 1_000, lines: size.linesEach }));
  }
  platform.advance(1_000);
  copyOrders({ file: origin.file, path: copyPath(origin, 'orders', platform.now()) });
  const crashed = join(root, 'crashed');
  mkdirSync(crashed);
  for (const beside of ['', '-wal']) copyFileSync(origin.file + beside, join(crashed, `desk.sqlite${beside}`));
  desk.store.close();

  let left = 0;
  return {
    settled: placed.slice(0, size.settled),
    waiting: placed.slice(size.settled),
    central,
    catalogue,
    leave: (copies) => {
      left += 1;
      const dataDir = join(root, `left-${left}`);
      const folder = deskFolder(dataDir);
      mkdirSync(folder.backups, { recursive: true });
      for (const name of readdirSync(crashed)) copyFileSync(join(crashed, name), join(dataDir, name));
      for (const name of readdirSync(origin.backups)) {
        const kind = name.startsWith('orders-') ? 'orders' : 'whole';
        if (copies === kind || copies === 'both') copyFileSync(join(origin.backups, name), join(folder.backups, name));
      }
      return dataDir;
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

interface OpenedDesk {
  store: Store;
  orders: OrderDesk['orders'];
}

function openAt(file: string, platform: ControlledPlatform): OpenedDesk {
  const store = openStore(file, platform);
  return { store, orders: ordersOf(store, platform) };
}

/** The commands of a desk on an opened file. */
export function ordersOf(store: Store, platform: ControlledPlatform): OrderDesk['orders'] {
  const identity = createIdentitySource(store, () => platform.now());
  return createOrderDesk({ store, identity, platform, notify: () => undefined }).orders;
}

function moveIn(store: Store, catalogue: Catalogue, platform: ControlledPlatform): void {
  const enrolment = {
    epoch: EPOCH,
    deviceId: seededId(20, 0),
    deviceName: 'Counter 1',
    deviceToken: 'token',
    privateKey: makeKeyPair().privateKey,
    incarnationId: seededId(21, 0),
    incarnationCode: '7K',
    branch: BRANCH,
    currency: 'CNY',
    centralUrls: [],
  } as unknown as EnrolmentRecord;
  const signedIn = {
    sessionId: seededId(22, 0),
    userId: seededId(23, 0),
    userName: 'clerk',
    displayName: '小王',
    role: 'clerk',
    branchId: BRANCH.branchId,
    expiresAt: START_MS + 720 * HOUR_MS,
    now: platform.now(),
  } as unknown as SignInResponse;
  store.transaction((tx) => {
    writeEnrolment(store, tx, enrolment);
    beginSession(store, tx, { signedIn, privateKey: makeKeyPair().privateKey });
  });
  for (const page of pagesOf(changesOf(catalogue), { epoch: EPOCH, nowMs: platform.now() })) applyPage(store, page);
}

interface Placing {
  platform: ControlledPlatform;
  catalogue: Catalogue;
  n: number;
  lines: number;
}

/** @returns the id of its mutation. */
function place({ store, orders }: OpenedDesk, { platform, catalogue, n, lines }: Placing): string {
  platform.advance(1_000);
  const { products, customers } = catalogue;
  const orderId = uuidV7(platform.now(), platform.randomBytes(10));
  const customerId = customers[n % customers.length]?.customerId ?? '';
  const asked = Array.from({ length: 1 + (n % lines) }, (_, line) => ({
    productId: products[(n + line) % products.length]?.productId ?? '',
    unit: 'piece',
    quantity: 1 + ((n + line) % 9),
  }));
  orders.place({ orderId, customerId, note: n % 4 === 0 ? `急件 ${n}` : '', lines: asked }, 'en');
  const ids = store.query<Record<string, never>, { id: string }>((db) =>
    db.selectFrom('outbox').select('mutation_id as id').orderBy('seq', 'desc').limit(1),
  );
  return ids.get({})?.id ?? '';
}

/** What the sync loop does while there is a line: everything that waits is settled. */
export function settle(store: Store, central: ModelCentral, platform: ControlledPlatform): void {
  for (;;) {
    const batch = nextBatch(store, platform.now());
    if (batch.length === 0) return;
    markSent(
      store,
      batch.map(({ id }) => id),
      platform.now(),
    );
    central.push(batch, platform.now());
    applyPage(store, central.pull(readCursor(store), platform.now()));
  }
}
