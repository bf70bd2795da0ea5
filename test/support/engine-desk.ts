/**
 * A desk's engine for tests that ask what becomes of its file: the real store on a real file, the real orders and sync
 * steps, one call at a time, over HTTP to a real central. Its file can be copied, and put back to how it was.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { createPace } from '../../src-main/fill/pace.ts';
import { readChunk } from '../../src-main/fill/read-chunk.ts';
import type { DeskIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { createIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { writeEnrolment } from '../../src-main/identity/enrolment-record.ts';
import { noteMachine } from '../../src-main/identity/incarnation.ts';
import { beginSession } from '../../src-main/identity/sessions.ts';
import { makeKeyPair } from '../../src-main/identity/signing-key.ts';
import { createOrderDesk, type OrderDesk } from '../../src-main/orders/order-desk.ts';
import { outboxStatus } from '../../src-main/outbox/outbox-status.ts';
import { reofferSent } from '../../src-main/outbox/sending.ts';
import type { Platform } from '../../src-main/platform.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import { createCentralClient } from '../../src-main/sync/central-client.ts';
import type { CentralTransport } from '../../src-main/sync/central-transport.ts';
import { fillOnce } from '../../src-main/sync/fill-once.ts';
import { pullOnce } from '../../src-main/sync/pull-once.ts';
import { pushOnce } from '../../src-main/sync/push-once.ts';
import type { SyncLine } from '../../src-main/sync/sync-line.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { TEST_PASSWORD, type TestHouse } from './test-house.ts';

const FILE = 'desk.sqlite';
/** Steps of one coming to rest: hello, bringing back, pushing and pulling, with all that repeats. */
const MAX_STEPS = 200;

const PACE = createPace({ now: () => performance.now(), pause: () => setImmediate() });

const platform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  randomBytes: (count) => randomBytes(count),
};

export interface EngineDeskOptions {
  url: string;
  house: TestHouse;
  dir?: string;
  machine?: string | null;
}

export class EngineDesk {
  readonly dir: string;
  readonly #options: EngineDeskOptions;
  store: Store;
  orders!: OrderDesk;
  line!: SyncLine;
  #identity: DeskIdentitySource;
  /** Fills to the end before anything is offered. */
  fillsFirst = false;

  constructor(options: EngineDeskOptions) {
    this.#options = options;
    this.dir = options.dir ?? mkdtempSync(join(tmpdir(), 'orderdesk-engine-'));
    this.store = openStore(join(this.dir, FILE), platform);
    this.#identity = createIdentitySource(this.store, () => Date.now());
    if (this.#identity.enrolment()) this.#compose();
  }

  static async enrol(options: EngineDeskOptions, of: { code: string; userName: string }): Promise<EngineDesk> {
    const desk = new EngineDesk(options);
    const transport = createCentralClient([options.url]);
    const device = makeKeyPair();
    const enrolled = await transport.enrol({
      protocol: PROTOCOL_VERSION,
      code: of.code,
      deviceName: `desk of ${of.userName}`,
      publicKey: device.publicKey,
    });
    desk.store.transaction((tx) =>
      writeEnrolment(desk.store, tx, { ...enrolled, privateKey: device.privateKey, centralUrls: [options.url] }),
    );
    desk.#identity.enrolmentChanged();
    desk.#compose();
    await desk.signIn(of.userName);
    await desk.sync();
    return desk;
  }

  async signIn(userName: string): Promise<void> {
    const { publicKey, privateKey } = makeKeyPair();
    const signedIn = await this.line.transport.signIn(
      { protocol: PROTOCOL_VERSION, userName, password: TEST_PASSWORD, publicKey },
      { token: this.line.token },
    );
    this.store.transaction((tx) => beginSession(this.store, tx, { signedIn, privateKey }));
  }

  /** Places an order of `pieces` of a product for C2, and says its id and number. */
  place(pieces = 1, product = 'P1'): { orderId: string; number: string } {
    return this.placeAgain(uuidV7(Date.now(), randomBytes(10)), pieces, product);
  }

  /** Under an id that was placed before, perhaps. */
  placeAgain(orderId: string, pieces = 1, product = 'P1'): { orderId: string; number: string } {
    const { number } = this.orders.orders.place({ orderId, note: '', ...this.#content(pieces, product) }, 'en');
    return { orderId, number };
  }

  /** As somebody who has compared, where another desk has changed it, too. */
  amend(orderId: string, pieces: number, product = 'P1'): void {
    const { conflict } = this.order(orderId);
    const over = conflict && { baseVersion: conflict.version };
    this.orders.orders.amend({ orderId, ...this.#content(pieces, product), ...over }, 'en');
  }

  /** Hello, bring back, push, pull: until there is nothing more to do. A line that is down is thrown. */
  async sync(): Promise<void> {
    reofferSent(this.store);
    let idle = 0;
    for (let step = 0; step < MAX_STEPS && idle < 2; step += 1) {
      try {
        // In either order: in the program none of them waits for another.
        if (this.fillsFirst) await this.#fill();
        const pushed = await pushOnce(this.line);
        await this.#fill();
        const { more } = await pullOnce(this.line);
        this.orders.renumberTaken();
        idle = pushed === 0 && !more && this.sent() === 0 ? idle + 1 : 0;
      } catch (error) {
        const again =
          error instanceof AppError && ['EPOCH_CHANGED', 'HELLO_FIRST', 'CENTRAL_BUSY'].includes(error.data.code);
        if (!again) throw error;
        // As the loop does: it is not known what became of what was sent.
        reofferSent(this.store);
        idle = 0;
      }
    }
  }

  async #fill(): Promise<void> {
    const parts = { pace: PACE, readChunk, onApplied: () => undefined };
    while ((await fillOnce(this.line, parts)) > 0);
    if (this.fillsFirst) await pullOnce(this.line);
  }

  /** Mutations without a receipt. */
  waiting(): number {
    return outboxStatus(this.store).waiting;
  }

  /** Those that central has taken and whose receipts are on their way; what is held waits for others. */
  sent(): number {
    const { sent } = this.store
      .query<Record<string, never>, { sent: number }>((db) =>
        db
          .selectFrom('outbox')
          .select((select) => select.fn.countAll<number>().as('sent'))
          .where('state', 'in', ['waiting', 'sent']),
      )
      .get({}) ?? { sent: 0 };
    return sent;
  }

  order(orderId: string) {
    return this.orders.orders.get(orderId, 'en');
  }

  /** The file as it lies on the disk now, write-ahead log and all, in another folder. */
  copyFile(): string {
    const dir = mkdtempSync(join(tmpdir(), 'orderdesk-engine-'));
    for (const file of [FILE, `${FILE}-wal`]) {
      if (existsSync(join(this.dir, file))) copyFileSync(join(this.dir, file), join(dir, file));
    }
    return dir;
  }

  /** The program stops and starts again; from `dir` when the file was put back, on `machine` when it was moved. */
  restart(of: { dir?: string; machine?: string | null } = {}): EngineDesk {
    this.store.close();
    if (of.dir !== undefined && of.dir !== this.dir) rmSync(this.dir, { recursive: true, force: true });
    return new EngineDesk({ ...this.#options, dir: this.dir, ...of });
  }

  /** Another desk on a copy of this one's file. */
  clone(): EngineDesk {
    return new EngineDesk({ ...this.#options, dir: this.copyFile() });
  }

  /** Through another line. */
  use(transport: Partial<CentralTransport>): void {
    const { transport: inner } = this.line;
    this.line.transport = { ...inner, ...transport };
  }

  close(): void {
    this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #content(pieces: number, product: string) {
    const { customers, products } = this.#options.house;
    const [customer, of] = [customers['C2'], products[product]];
    if (!customer || !of) throw new Error(`the test house lacks C2 or ${product}`);
    return {
      customerId: customer.customerId,
      lines: [{ productId: of.productId, unit: of.baseUnit, quantity: pieces }],
    };
  }

  #compose(): void {
    mkdirSync(this.dir, { recursive: true });
    const { store } = this;
    const machine = this.#options.machine ?? null;
    noteMachine(store, { machine, nowMs: platform.now() });
    const enrolment = this.#identity.enrolment();
    if (!enrolment) throw new Error('not enrolled');
    this.orders = createOrderDesk({ store, identity: this.#identity, platform, notify: () => undefined });
    this.line = {
      store,
      transport: createCentralClient([this.#options.url]),
      token: enrolment.deviceToken,
      incarnationId: enrolment.incarnationId,
      incarnationCode: enrolment.incarnationCode,
      epoch: enrolment.epoch,
      machine,
      onRenamed: () => this.#identity.enrolmentChanged(),
      now: () => platform.now(),
    };
  }
}
