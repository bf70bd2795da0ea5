/**
 * The loop on a real desk file, against a model of central and a line that does what the test says; time moves by hand.
 * Goal: whatever fails, every part of the loop goes on by itself, and nothing is taken for what it is not.
 */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deskFixture, EPOCH, START_MS, type DeskFixture } from '../../test/support/desk-fixture.ts';
import { manualScheduler, type ManualScheduler } from '../../test/support/manual-scheduler.ts';
import { ModelCentral } from '../../test/support/model-central.ts';
import { seededId } from '../../test/support/seeded-catalogue.ts';
import type { IncarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { PullResponse } from '../../src-shared/protocol/change.ts';
import {
  HEARTBEAT_DEAD_AFTER_MS,
  HEARTBEAT_INTERVAL_MS,
  MAX_PUSH_MUTATIONS,
} from '../../src-shared/protocol/limits.ts';
import type { FillChunkRequest, FillOpenRequest, FillOpenResponse } from '../../src-shared/protocol/fill.ts';
import { ordersScope } from '../../src-shared/protocol/scope.ts';
import type { HelloResponse } from '../../src-shared/protocol/hello.ts';
import type { ProofsResponse } from '../../src-shared/protocol/reoffer.ts';
import type { PushRequest } from '../../src-shared/protocol/mutation.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import type { PushResponse } from '../../src-shared/protocol/receipt.ts';
import { readChunk } from '../fill/read-chunk.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { unreachable } from './central-failure.ts';
import type { CentralTransport, TransportCall } from './central-transport.ts';
import { createCentralClock } from './clock.ts';
import {
  BLOCKED_RETRY_MS,
  OUTBOX_CHECK_MS,
  PROBE_LAST_MS,
  QUIET_POLL_MS,
  RECEIPT_GRACE_MS,
  RECEIPT_STALL_MS,
  STEP_STALL_MS,
  WATCHDOG_INTERVAL_MS,
} from './limits.ts';
import { createLinkWatch, type LinkWatch } from './link-watch.ts';
import { observedTransport } from './observed-transport.ts';
import { startSyncLoop, type SyncLoop } from './sync-loop.ts';

type Mood = 'well' | 'down' | 'hangs' | 'answer lost' | 'revoked';

/** A line to the model of central. */
class ModelLine implements CentralTransport {
  mood: { push: Mood; pull: Mood; poke: Mood } = { push: 'well', pull: 'well', poke: 'well' };
  /** A mutation that central can't even take in. */
  poison: string | undefined;
  /** The gate has not passed the newest commits yet: a pull finds nothing. */
  late = false;
  pushes: string[][] = [];
  pulls = 0;
  readonly central: ModelCentral;
  readonly scheduler: ManualScheduler;

  constructor(central: ModelCentral, scheduler: ManualScheduler) {
    this.central = central;
    this.scheduler = scheduler;
  }

  all(mood: Mood): void {
    this.mood = { push: mood, pull: mood, poke: mood };
  }

  async push(request: PushRequest, { signal }: TransportCall): Promise<PushResponse> {
    const ids = request.mutations.map((mutation) => mutation.id as string);
    this.pushes.push(ids);
    const mood = this.mood.push;
    await this.#reach(mood, signal);
    if (this.poison !== undefined && ids.includes(this.poison)) {
      throw new AppError({ code: 'MALFORMED', retry: 'never', fields: [] });
    }
    const outcomes = this.central.push(request.mutations, this.#now());
    if (mood === 'answer lost') throw unreachable('broken off');
    return { epoch: EPOCH, now: this.#now(), outcomes };
  }

  async hello(_: unknown, { signal }: TransportCall): Promise<HelloResponse> {
    await this.#reach(this.mood.pull, signal);
    return { outcome: 'welcome', epoch: EPOCH, now: this.#now() };
  }

  reoffer = (): Promise<never> => Promise.reject(new Error('nothing is lost in this model'));
  proofs = (): Promise<ProofsResponse> => Promise.resolve({ epoch: EPOCH, now: this.#now(), proofs: [] });

  async pull({ cursor }: { cursor: string }, { signal }: TransportCall): Promise<PullResponse> {
    this.pulls += 1;
    await this.#reach(this.mood.pull, signal);
    if (this.late) return { epoch: EPOCH, now: this.#now(), changes: [], cursor, more: false };
    return this.central.pull(cursor, this.#now());
  }

  async *openPoke({ signal }: TransportCall & { signal: AbortSignal }): AsyncGenerator<PokeMessage> {
    for (;;) {
      await this.#reach(this.mood.poke, signal);
      yield { type: 'heartbeat', epoch: EPOCH, now: this.#now() };
      await new Promise<void>((resolve) => {
        this.scheduler.after(HEARTBEAT_INTERVAL_MS, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      if (signal.aborted) throw unreachable('broken off');
    }
  }

  enrol(): Promise<never> {
    throw new Error('not used here');
  }
  signIn(): Promise<never> {
    throw new Error('not used here');
  }
  digest(): Promise<never> {
    throw new Error('not used here');
  }

  dryRun(): Promise<never> {
    throw new Error('not used here');
  }
  orderPresence(): Promise<never> {
    throw new Error('not used here');
  }
  dayBook(): Promise<never> {
    throw new Error('not used here');
  }
  digestBuckets(): Promise<never> {
    throw new Error('not used here');
  }
  digestRows(): Promise<never> {
    throw new Error('not used here');
  }
  rows(): Promise<never> {
    throw new Error('not used here');
  }
  reportLeases(): Promise<never> {
    throw new Error('not used here');
  }
  report(): Promise<never> {
    throw new Error('not used here');
  }
  /** A month of orders begins with the first one; nothing of it was there before. */
  fillOpen = ({ cursor }: FillOpenRequest): Promise<FillOpenResponse> => {
    const scopes = new Set(
      [...this.central.orders.values()].map(({ row }) => ordersScope(row.branchId, row.businessDate)),
    );
    const parts = [...scopes].map((scope) => ({ scope, kind: 'order' as const, rows: 0 }));
    return Promise.resolve({ epoch: EPOCH, now: this.#now(), from: cursor, parts });
  };
  fillChunk = ({ scope, kind, after, from }: FillChunkRequest): Promise<Uint8Array> => {
    const header = { epoch: EPOCH, scope, kind, after, at: from, rows: 0, rawBytes: 0, encoding: 'gzip', next: null };
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), gzipSync('')]);
    return Promise.resolve(Buffer.concat([Buffer.from(`${hash('sha256', content)}\n`), content]));
  };

  async #reach(mood: Mood, signal: AbortSignal | undefined): Promise<void> {
    if (mood === 'down') throw unreachable('refused');
    if (mood === 'revoked') throw new AppError({ code: 'TOKEN_INVALID', retry: 'never' });
    if (mood !== 'hangs') return;
    await new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(unreachable('broken off')), { once: true });
    });
  }

  #now(): number {
    return START_MS + this.scheduler.monotonicNow();
  }
}

let fixture: DeskFixture;
let scheduler: ManualScheduler;
let line: ModelLine;
let link: LinkWatch;
let loop: SyncLoop;
let warnings: string[];

beforeEach(() => {
  fixture = deskFixture({ products: 10, customers: 5 });
  scheduler = manualScheduler();
  line = new ModelLine(new ModelCentral(fixture.catalogue), scheduler);
  warnings = [];
  const platform = {
    now: () => START_MS + scheduler.monotonicNow(),
    monotonicNow: () => scheduler.monotonicNow(),
    // The longest waits that the backoff may choose.
    randomBytes: (count: number) => new Uint8Array(count).fill(255),
  };
  link = createLinkWatch(platform, () => {
    if (link.report().link === 'online') loop?.lineBack();
  });
  const clock = createCentralClock(platform);
  loop = startSyncLoop({
    line: {
      store: fixture.store,
      transport: observedTransport(line, { link, clock, monotonicNow: platform.monotonicNow }),
      token: 't',
      incarnationId: seededId(21, 0) as IncarnationId,
      incarnationCode: '7K',
      machine: null,
      epoch: EPOCH,
      now: platform.now,
    },
    link,
    scheduler,
    random: platform.randomBytes,
    hold: { held: () => false },
    onPulled: () => {},
    onFilled: () => {},
    readChunk,
    onPushed: () => {},
    warn: (text) => warnings.push(text),
  });
});
afterEach(async () => {
  await loop.stop();
  fixture.dispose();
});

function place(): string {
  const { catalogue, desk } = fixture;
  const [product] = catalogue.products;
  const [customer] = catalogue.customers;
  if (!product || !customer) throw new Error('an empty catalogue');
  const orderId = fixture.newOrderId();
  const lines = [{ productId: product.productId, unit: product.baseUnit, quantity: product.step / 1_000 }];
  desk.orders.place({ orderId, customerId: customer.customerId, lines, note: '' }, 'en');
  fixture.platform.advance(1);
  loop.wakePush();
  return orderId;
}

const waiting = (): number => outboxStatus(fixture.store).waiting;
const stateOf = (orderId: string): string => fixture.desk.orders.get(orderId, 'en').sync;

describe('the sync loop', () => {
  test('sends what was written at once, and fetches its receipt soon also when no poke comes', async () => {
    await scheduler.advance(10);
    const orderId = place();
    await scheduler.advance(10);
    expect(stateOf(orderId)).toBe('sent');
    await scheduler.advance(RECEIPT_GRACE_MS);
    expect(stateOf(orderId)).toBe('applied');
    expect(waiting()).toBe(0);
    expect(link.report()).toMatchObject({ link: 'online', reason: null });
  });

  test('has the next batch of a long queue on its way before the last is answered', async () => {
    line.all('down');
    const orders = Array.from({ length: 2 * MAX_PUSH_MUTATIONS + 1 }, () => place());
    line.mood = { push: 'hangs', pull: 'well', poke: 'well' };
    await scheduler.advance(PROBE_LAST_MS + 1_000);
    const underWay = line.pushes.slice(-3);
    expect(underWay.map((batch) => batch.length)).toEqual([MAX_PUSH_MUTATIONS, MAX_PUSH_MUTATIONS, 1]);
    expect(new Set(underWay.flat()).size).toBe(orders.length);
    line.mood.push = 'well';
    await scheduler.advance(STEP_STALL_MS + WATCHDOG_INTERVAL_MS + OUTBOX_CHECK_MS);
    expect(waiting()).toBe(0);
    expect(line.central.orders.size).toBe(orders.length);
  });

  test('offers again what got no answer, and central has it once', async () => {
    await scheduler.advance(10);
    line.mood.push = 'answer lost';
    const orderId = place();
    await scheduler.advance(10);
    line.mood.push = 'well';
    await scheduler.advance(1_000);
    expect(stateOf(orderId)).toBe('applied');
    expect(line.central.orders.size).toBe(1);
    expect(line.pushes.length).toBeGreaterThan(1);
  });

  test('goes on within seconds of the line’s return, however long it was away', async () => {
    line.all('down');
    place();
    await scheduler.advance(600_000);
    expect(link.report()).toMatchObject({ link: 'offline', reason: 'refused' });
    expect(waiting()).toBe(1);
    line.all('well');
    await scheduler.advance(PROBE_LAST_MS + 1);
    expect(waiting()).toBe(0);
    expect(link.report().link).toBe('online');
  });

  test('fetches receipts soon also where no poke gets through and central commits late', async () => {
    line.mood.poke = 'down';
    await scheduler.advance(10);
    line.late = true;
    const orderId = place();
    await scheduler.advance(10);
    expect(stateOf(orderId)).toBe('sent');
    line.late = false;
    await scheduler.advance(OUTBOX_CHECK_MS);
    expect(stateOf(orderId)).toBe('applied');
  });

  test('does not run in circles where requests get through and the stream does not, or the other way round', async () => {
    line.mood.poke = 'down';
    await scheduler.advance(60_000);
    expect(link.report().link).toBe('online');
    // Each attempt of the stream is followed by one pull.
    expect(line.pulls).toBeLessThan(60);

    line.mood = { push: 'well', pull: 'down', poke: 'down' };
    const before = line.pulls;
    place();
    await scheduler.advance(60_000);
    expect(line.pulls - before).toBeLessThan(60);
    expect(line.pushes.length).toBeLessThan(60);
  });

  test('does not hammer a central that is down, however quickly orders are placed', async () => {
    await scheduler.advance(10);
    line.all('down');
    place();
    await scheduler.advance(30_000);
    const before = line.pushes.length;
    for (let count = 0; count < 20; count += 1) {
      place();
      await scheduler.advance(1);
    }
    expect(line.pushes.length - before).toBeLessThanOrEqual(1);
  });

  test('calls the line dead when heartbeats stop, and alive when they are back', async () => {
    await scheduler.advance(10);
    line.all('hangs');
    await scheduler.advance(HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEAD_AFTER_MS);
    expect(link.report()).toMatchObject({ link: 'offline', reason: 'no heartbeat' });
    line.all('well');
    await scheduler.advance(HEARTBEAT_DEAD_AFTER_MS + PROBE_LAST_MS);
    expect(link.report().link).toBe('online');
  });

  test('does not wait out the deadlines of what hangs once heartbeats have stopped', async () => {
    await scheduler.advance(10);
    line.all('hangs');
    const orderId = place();
    await scheduler.advance(OUTBOX_CHECK_MS);
    line.all('well');
    await scheduler.advance(HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEAD_AFTER_MS + PROBE_LAST_MS);
    expect(stateOf(orderId)).toBe('applied');
  });

  test('fetches while a push hangs, and sends while a pull hangs', async () => {
    await scheduler.advance(10);
    line.mood.push = 'hangs';
    place();
    await scheduler.advance(10);
    const pulls = line.pulls;
    await scheduler.advance(QUIET_POLL_MS);
    expect(line.pulls).toBeGreaterThan(pulls);

    line.mood = { push: 'well', pull: 'hangs', poke: 'well' };
    await scheduler.advance(STEP_STALL_MS + WATCHDOG_INTERVAL_MS);
    place();
    await scheduler.advance(10);
    expect(line.central.orders.size).toBe(2);
  });

  test('starts a part anew that hangs past all deadlines, and says so', async () => {
    await scheduler.advance(10);
    line.mood.push = 'hangs';
    const orderId = place();
    await scheduler.advance(STEP_STALL_MS);
    expect(warnings).toEqual([]);
    line.mood.push = 'well';
    await scheduler.advance(WATCHDOG_INTERVAL_MS + 1);
    expect(warnings).toEqual([expect.stringMatching(/push was started anew: hangs for/)]);
    await scheduler.advance(20_000);
    expect(stateOf(orderId)).toBe('applied');
    expect(loop.stall()).toBeNull();
  });

  test('names the stall of a part that hangs until it has got through again', async () => {
    await scheduler.advance(10);
    line.mood.pull = 'hangs';
    place();
    await scheduler.advance(STEP_STALL_MS + OUTBOX_CHECK_MS + WATCHDOG_INTERVAL_MS);
    expect(loop.stall()).toMatchObject({ runner: 'pull', reason: 'hangs' });
    line.mood.pull = 'well';
    await scheduler.advance(STEP_STALL_MS + 2 * WATCHDOG_INTERVAL_MS);
    expect(loop.stall()).toBeNull();
  });

  test('names it a stall when central brings no receipts for what it has taken, and goes on by itself when it does', async () => {
    await scheduler.advance(10);
    line.late = true;
    const orderId = place();
    await scheduler.advance(RECEIPT_STALL_MS + 2 * WATCHDOG_INTERVAL_MS);
    expect(loop.stall()).toMatchObject({ runner: 'receipts', reason: 'no receipts' });
    expect(warnings).toEqual([expect.stringMatching(/no receipts/)]);
    line.late = false;
    await scheduler.advance(2 * WATCHDOG_INTERVAL_MS);
    expect(stateOf(orderId)).toBe('applied');
    expect(loop.stall()).toBeNull();
  });

  test('is blocked, with the reason, when central does not know this desk, asks seldom, and keeps every order', async () => {
    line.all('revoked');
    place();
    await scheduler.advance(BLOCKED_RETRY_MS * 10);
    expect(link.report()).toMatchObject({ link: 'blocked', reason: 'TOKEN_INVALID' });
    expect(line.pulls).toBeLessThanOrEqual(12);
    expect(waiting()).toBe(1);
    line.all('well');
    await scheduler.advance(BLOCKED_RETRY_MS);
    expect(link.report().link).toBe('online');
    expect(waiting()).toBe(0);
  });

  test('holds nothing up for one mutation that central cannot take in: that one is kept and shown', async () => {
    await scheduler.advance(10);
    line.all('down');
    const orders = Array.from({ length: 9 }, () => place());
    const queue = fixture.desk.queue('en');
    const bad = queue.find((entry) => entry.orderId === orders[4]);
    line.poison = bad?.mutationId;
    line.all('well');
    await scheduler.advance(PROBE_LAST_MS + 1_000);
    expect(orders.map(stateOf)).toEqual(orders.map((_, index) => (index === 4 ? 'quarantined' : 'applied')));
    expect(fixture.desk.attention.list('en').map((item) => item.orderId)).toEqual([orders[4]]);
  });

  test('answers an asked-for attempt when one has been made, also without a line', async () => {
    line.all('down');
    await scheduler.advance(60_000);
    let tried = false;
    void loop.attempt().then(() => (tried = true));
    await scheduler.advance(0);
    expect(tried).toBe(true);
    await expect(Promise.all([loop.catchUp(), scheduler.advance(0)])).rejects.toThrow('CENTRAL_UNREACHABLE');
  });
});
