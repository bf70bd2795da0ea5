/**
 * One desk of the simulation: the real store on a real file, the real orders, outbox, replica and sync steps, with the
 * clock, the randomness and the line in the simulation's hands.
 *
 * A crash is the file as it lies on the disk at that instant, write-ahead log and all, opened anew in another folder:
 * what a killed process leaves. (What a power cut leaves is proven in test/power-cut.)
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { createIdentitySource } from '../../src-main/identity/desk-identity-source.ts';
import { writeEnrolment } from '../../src-main/identity/enrolment-record.ts';
import { beginSession } from '../../src-main/identity/sessions.ts';
import { makeKeyPair } from '../../src-main/identity/signing-key.ts';
import { createOrderDesk } from '../../src-main/orders/order-desk.ts';
import { outboxStatus } from '../../src-main/outbox/outbox-status.ts';
import { reofferSent } from '../../src-main/outbox/sending.ts';
import type { Platform } from '../../src-main/platform.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import { pullOnce } from '../../src-main/sync/pull-once.ts';
import { pushOnce } from '../../src-main/sync/push-once.ts';
import type { SyncLine } from '../../src-main/sync/sync-line.ts';
import { verify, type Verification } from '../../src-main/sync/verify.ts';
import type { FaultyLine } from './faulty-line.ts';
import type { SeededRandom } from './seeded-random.ts';

const FILE = 'desk.sqlite';

export interface SimDeskOptions {
  name: string;
  /** A folder of its own; each life of the desk gets a folder in it. */
  dir: string;
  line: FaultyLine;
  random: SeededRandom;
}

export interface Enrolment {
  code: string;
  userName: string;
  password: string;
}

export class SimDesk {
  readonly name: string;
  readonly line: FaultyLine;
  readonly platform: Platform;
  /** Milliseconds by which this desk's clock is off. */
  clockErrorMs = 0;
  readonly #dir: string;
  #life = 0;
  #monotonicMs = 0;
  #store: Store;
  #parts: { orders: ReturnType<typeof createOrderDesk>; sync: SyncLine } | undefined;

  constructor({ name, dir, line, random }: SimDeskOptions) {
    this.name = name;
    this.line = line;
    this.#dir = dir;
    this.platform = {
      now: () => Date.now() + this.clockErrorMs,
      monotonicNow: () => (this.#monotonicMs += 1),
      randomBytes: (count) => random.bytes(count),
    };
    this.#store = this.#open();
  }

  async enrol({ code, userName, password }: Enrolment): Promise<void> {
    const device = makeKeyPair();
    const enrolled = await this.line.enrol({
      protocol: PROTOCOL_VERSION,
      code,
      deviceName: this.name,
      publicKey: device.publicKey,
    });
    const session = makeKeyPair();
    const signedIn = await this.line.signIn(
      { protocol: PROTOCOL_VERSION, userName, password, publicKey: session.publicKey },
      { token: enrolled.deviceToken },
    );
    this.#store.transaction((tx) => {
      writeEnrolment(this.#store, tx, { ...enrolled, privateKey: device.privateKey, centralUrls: [] });
      beginSession(this.#store, tx, { signedIn, privateKey: session.privateKey });
    });
    this.#compose();
  }

  get orders(): ReturnType<typeof createOrderDesk> {
    return this.#composed().orders;
  }

  push(): Promise<number> {
    return pushOnce(this.#composed().sync);
  }

  async pull(): Promise<boolean> {
    return (await pullOnce(this.#composed().sync)).more;
  }

  /** Everything without a receipt becomes due at once, as when the line comes back. */
  reoffer(): void {
    reofferSent(this.#store);
  }

  /** Mutations without a receipt. */
  waiting(): number {
    return outboxStatus(this.#store).waiting;
  }

  verify(): Promise<Verification> {
    return verify(this.#composed().sync, async () => {
      while (await this.pull());
    });
  }

  /** Dies as it stands, and starts again from what is on the disk. */
  crash(): void {
    const before = this.#folder();
    this.#life += 1;
    mkdirSync(this.#folder(), { recursive: true });
    for (const file of [FILE, `${FILE}-wal`]) {
      if (existsSync(join(before, file))) copyFileSync(join(before, file), join(this.#folder(), file));
    }
    // The old life's handle must go for the sake of this process; what it writes in closing nobody reads.
    this.#store.close();
    this.#store = this.#open();
    this.#compose();
    this.reoffer();
  }

  close(): void {
    this.#store.close();
  }

  #folder(): string {
    return join(this.#dir, `life-${this.#life}`);
  }

  #open(): Store {
    mkdirSync(this.#folder(), { recursive: true });
    return openStore(join(this.#folder(), FILE), this.platform);
  }

  #compose(): void {
    const store = this.#store;
    const identity = createIdentitySource(store, () => Date.now());
    const enrolment = identity.enrolment();
    if (!enrolment) throw new Error(`${this.name}: not enrolled`);
    this.#parts = {
      orders: createOrderDesk({ store, identity, platform: this.platform, notify: () => undefined }),
      sync: {
        store,
        transport: this.line,
        token: enrolment.deviceToken,
        incarnationId: enrolment.incarnationId,
        epoch: enrolment.epoch,
        now: () => this.platform.now(),
      },
    };
  }

  #composed(): { orders: ReturnType<typeof createOrderDesk>; sync: SyncLine } {
    if (!this.#parts) throw new Error(`${this.name}: not enrolled`);
    return this.#parts;
  }
}
