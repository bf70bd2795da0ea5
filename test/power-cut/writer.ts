/**
 * The desk process that is traced. It does what a desk does, with the real store, replica, outbox and commands, and
 * after each answer writes a line (said.ts) to the file that it is given. It ends by killing itself, so that nothing is
 * tidied up.
 *
 *     writer.ts FOLDER LINES first|second ORDERS [FAULT]
 *
 * `first` makes the file, enrols, takes the catalogue and places a few orders. `second` finds what was left, WAL and
 * all, and goes on: ORDERS orders, amendments and cancellations between pulled verdicts, idle checkpoints, an orderly
 * close in the middle. The steps are the same in every run; keys, their signatures and SQLite's salts are not.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenOrder, PlaceAnswer } from '../../src-main/api/desk-services.ts';
import { createIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { writeEnrolment, type EnrolmentRecord } from '../../src-main/identity/enrolment-record.ts';
import { beginSession } from '../../src-main/identity/sessions.ts';
import { makeKeyPair } from '../../src-main/identity/signing-key.ts';
import { createOrderDesk, type OrderDesk } from '../../src-main/orders/order-desk.ts';
import { nextBatch } from '../../src-main/outbox/next-batch.ts';
import { markSent } from '../../src-main/outbox/sending.ts';
import { applyPage } from '../../src-main/replica/apply-page.ts';
import { readCursor } from '../../src-main/replica/cursor.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { SignInResponse } from '../../src-shared/protocol/enrol.ts';
import { controlledPlatform, EPOCH, START_MS } from '../support/desk-fixture.ts';
import { ModelCentral, REFUSED_BY_HAND } from '../support/model-central.ts';
import { BRANCH, changesOf, pagesOf, seededCatalogue, seededId } from '../support/seeded-catalogue.ts';
import { DESK_FILE } from './inspect-image.ts';
import { plant, type Fault } from './sabotage.ts';
import { FIRST_ORDERS, type Said, type SaidLine } from './said.ts';

const HOUR_MS = 3_600_000;

const [folder = '', linesFile = '', part = '', orders = '', fault] = process.argv.slice(2);
const lines = openSync(linesFile, 'a');
const catalogue = seededCatalogue({ products: 24, customers: 6, onHand: 1_000_000_000 });
const platform = part === 'first' ? controlledPlatform(1) : controlledPlatform(2, START_MS + HOUR_MS);

interface Desk {
  store: Store;
  orders: OrderDesk['orders'];
}

function say(line: Said): void {
  writeSync(lines, `${JSON.stringify(line)}\n`);
}

function openDesk(): Desk {
  const store = openStore(join(folder, DESK_FILE), platform);
  const identity = createIdentitySource(store, () => platform.now());
  return { store, orders: createOrderDesk({ store, identity, platform, notify: () => undefined }).orders };
}

/** Who the desk is, who sits at it, and what it sells. */
function moveIn(): void {
  const store = openStore(join(folder, DESK_FILE), platform);
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
  store.transaction((tx) => writeEnrolment(store, tx, enrolment));
  say({ said: 'step', what: 'enrolled' });
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
  store.transaction((tx) => beginSession(store, tx, { signedIn, privateKey: makeKeyPair().privateKey }));
  say({ said: 'step', what: 'signed in' });
  for (const page of pagesOf(changesOf(catalogue), { epoch: EPOCH, nowMs: platform.now() })) {
    applyPage(store, page);
    say({ said: 'step', what: 'catalogue' });
  }
  store.close();
}

interface TypedOrder extends GivenOrder {
  lines: { productId: string; unit: string; quantity: number }[];
}

/** The n-th order as a person types it. Short: what counts here is commits, not bytes. */
function typed(n: number): TypedOrder {
  const { products, customers } = catalogue;
  return {
    customerId: customers[n % customers.length]?.customerId ?? '',
    note: n % 4 === 0 ? `急件 🚚 ${n}` : '',
    lines: Array.from({ length: 1 + ((n * 7) % 6) }, (_, line) => ({
      productId: products[(n + line) % products.length]?.productId ?? '',
      unit: line % 3 === 2 ? 'case' : 'piece',
      quantity: 1 + ((n + line) % 9),
    })),
  };
}

function sayAnswer(what: string, answer: PlaceAnswer, given: TypedOrder['lines']): void {
  const { orderId, number, status, totalMinor } = answer;
  const said = given.map((line): SaidLine => ({ ...line, quantity: line.quantity * 1_000 }));
  say({ said: 'order', what, orderId, number, status, totalMinor, lines: said });
}

function place(desk: Desk, n: number): string {
  platform.advance(1_000);
  const orderId = uuidV7(platform.now(), platform.randomBytes(10));
  const given = typed(n);
  sayAnswer('order.place', desk.orders.place({ orderId, ...given }, 'zh-CN'), given.lines);
  return orderId;
}

/** What the sync loop does while there is a line. */
function exchange({ store }: Desk, central: ModelCentral): void {
  const batch = nextBatch(store, platform.now());
  const ids = batch.map(({ id }) => id);
  markSent(store, ids, platform.now());
  say({ said: 'step', what: 'sent' });
  central.push(batch, platform.now());
  applyPage(store, central.pull(readCursor(store), platform.now()));
  say({ said: 'step', what: 'settled' });
}

function first(): void {
  moveIn();
  const desk = openDesk();
  for (let n = 0; n < FIRST_ORDERS; n += 1) place(desk, n);
}

function second(): void {
  let desk = openDesk();
  const central = new ModelCentral(catalogue);
  const open: string[] = [];
  const last = FIRST_ORDERS + Number(orders) - 1;
  for (let n = FIRST_ORDERS; n <= last; n += 1) {
    open.push(place(desk, n));
    if (n % 4 === 3) {
      const orderId = open.at(-3) ?? open[0] ?? '';
      const given = typed(n + 1);
      sayAnswer('order.amend', desk.orders.amend({ orderId, ...given }, 'en'), given.lines);
    }
    if (n % 7 === 6) {
      const orderId = open.shift() ?? '';
      sayAnswer('order.cancel', desk.orders.cancel({ orderId, reason: '客户取消' }, 'en'), []);
    }
    if (n % 5 === 4) {
      // Some are refused, and stay until an amendment stands in their place.
      central.refuseWith = n % 15 === 9 ? REFUSED_BY_HAND : undefined;
      exchange(desk, central);
    }
    if (n % 4 === 1) desk.store.checkpointWhenIdle();
    if (n === Math.ceil(last / 2)) {
      desk.store.close();
      desk = openDesk();
    }
  }
}

if (fault !== undefined) plant(fault as Fault);
if (part === 'first') first();
else second();
process.kill(process.pid, 'SIGKILL');
