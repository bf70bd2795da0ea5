/**
 * A desk's engine at a real central, one step at a time: a real file that can be left as a crash leaves it, a line whose
 * fills come from a service of the test's own, and whatever the test does to them on the way.
 */
import { hash, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deviceOfRequest } from '../../src-central/identity/device.ts';
import type { FillService } from '../../src-central/snapshot/fill-service.ts';
import type { Pace } from '../../src-main/fill/pace.ts';
import { readChunk } from '../../src-main/fill/read-chunk.ts';
import { writeEnrolment } from '../../src-main/identity/enrolment-record.ts';
import type { IdentitySource } from '../../src-main/identity/identity.ts';
import { createOrderDesk, type OrderDesk } from '../../src-main/orders/order-desk.ts';
import type { Platform } from '../../src-main/platform.ts';
import { filledScopes, isFilling } from '../../src-main/replica/filling.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import { createCentralClient } from '../../src-main/sync/central-client.ts';
import { beginFill, fillOnce } from '../../src-main/sync/fill-once.ts';
import { pullOnce } from '../../src-main/sync/pull-once.ts';
import { pushOnce } from '../../src-main/sync/push-once.ts';
import type { SyncLine } from '../../src-main/sync/sync-line.ts';
import { digest } from '../../src-main/replica/digest.ts';
import { verify, type Verification } from '../../src-main/sync/verify.ts';
import type { TestCentral } from './central-fixture.ts';
import { TestDesk } from './test-desk.ts';

export interface FillFaults {
  /** What becomes of a chunk on its way; also to throw in its place. */
  onChunk?: (frame: Uint8Array) => Uint8Array;
  /** Between two slices; to throw is to be killed there. */
  onPause?: () => void;
}

export interface FillDesk {
  store: Store;
  desk: OrderDesk;
  line: SyncLine;
  faults: FillFaults;
  fill(): Promise<number>;
  pull(): Promise<void>;
  push(): Promise<number>;
  /** Fills, pushes and pulls until nothing fills or waits. */
  finish(): Promise<void>;
  verify(): Promise<Verification>;
  digest(): ReturnType<typeof digest>;
  /** Closes the file and opens it again. */
  reopen(): void;
  dispose(): void;
}

const systemPlatform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

export async function openFillDesk(central: TestCentral, fills: FillService): Promise<FillDesk> {
  const enrolled = await TestDesk.enrol(central, 'PD', 'clerk');
  const folder = mkdtempSync(path.join(tmpdir(), 'orderdesk-fill-'));
  const file = path.join(folder, 'desk.sqlite');
  const { identity } = enrolled;
  const faults: FillFaults = {};
  const http = createCentralClient([central.url]);
  const device = () => deviceOfRequest(central.db, `Bearer ${identity.deviceToken}`);
  const transport: SyncLine['transport'] = {
    ...http,
    fillOpen: async (request) => fills.open(await device(), request),
    fillChunk: async (request) => {
      // As it was when it was asked for: a desk that was killed may have asked for more than it got.
      const { onChunk = (frame: Uint8Array) => frame } = faults;
      return onChunk(Buffer.from(await fills.chunk(await device(), request)));
    },
  };
  const source = identitySource(enrolled);
  const open = (): Pick<FillDesk, 'store' | 'desk' | 'line'> => {
    const store = openStore(file, systemPlatform);
    store.transaction((tx) =>
      writeEnrolment(store, tx, { ...identity, deviceName: 'Test', privateKey: '', centralUrls: [central.url] }),
    );
    const line: SyncLine = {
      store,
      transport,
      token: identity.deviceToken,
      incarnationId: identity.incarnationId,
      incarnationCode: identity.incarnationCode,
      epoch: identity.epoch,
      machine: null,
      now: () => Date.now(),
    };
    const desk = createOrderDesk({ store, identity: source, platform: systemPlatform, notify: () => {} });
    return { store, desk, line };
  };
  // One row a slice: there is a cut at every row.
  const pace: Pace = {
    rows: () => 1,
    took: () => {},
    sliceMs: () => Infinity,
    isAttended: () => false,
    now: () => performance.now(),
    pause: () => {
      faults.onPause?.();
      return Promise.resolve();
    },
  };
  const self: FillDesk = {
    ...open(),
    faults,
    fill: () => fillOnce(self.line, { pace, readChunk, onApplied: () => {} }),
    pull: async () => {
      await beginFill(self.line);
      for (let more = true; more;) ({ more } = await pullOnce(self.line));
    },
    push: () => pushOnce(self.line),
    finish: async () => {
      do {
        await self.fill();
        while ((await self.push()) > 0) await self.pull();
        await self.pull();
      } while (isFilling(self.store) || filledScopes(self.store).length > 0);
    },
    verify: () => verify(self.line, () => self.pull()),
    digest: () => digest(self.store),
    reopen: () => {
      self.store.close();
      Object.assign(self, open());
    },
    dispose: () => {
      self.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return self;
}

function identitySource({ identity, session, key }: TestDesk): IdentitySource {
  return {
    desk: () => ({ ...identity, deviceName: 'Test' }),
    signer: () => ({
      sessionId: session.sessionId,
      userId: session.userId,
      displayName: session.displayName,
      role: session.role,
      sign: (body) => ({
        bodyHash: hash('sha256', body),
        signature: sign(null, Buffer.from(body), key).toString('base64'),
      }),
    }),
  };
}
