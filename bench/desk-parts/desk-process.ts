/** The desk's whole local server in a process of its own, told by messages what to do: real file, real line, real loop. */
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { eventually } from '../../test/support/programs.ts';
import { sharedNow, type Answer, type Ask, type Message, type Moment, type Reply } from './messages.ts';

const SETTLE_WITHIN_MS = 600_000;
/** Counting what waits goes through the whole queue: often enough to time seconds, seldom enough to take no part in them. */
const LOOK_EVERY_MS = 100;

let server: LocalServer | undefined;
const seen: Moment[] = [];

function desk(): LocalServer['services'] {
  if (!server) throw new Error('the desk is not open');
  return server.services;
}

const DO: { [W in keyof Ask]: (of: Ask[W]) => Promise<Answer[W]> } = {
  open: async ({ dataDir, centralUrl }) => {
    server = await startLocalServer({ dataDir, centralUrls: [centralUrl], platform: systemPlatform });
    return { atMs: sharedNow() };
  },
  enrol: async ({ centralUrl, code, userName, password }) => {
    await desk().session.enrol({ centralUrl, code, deviceName: userName });
    await desk().session.signIn({ userName, password });
    return {};
  },
  filled: async () => {
    await eventually(
      () => Promise.resolve(desk().sync.status()),
      ({ filling, asOf }) => !filling && asOf !== null,
      { withinMs: SETTLE_WITHIN_MS },
    );
    return {};
  },
  place: async ({ orders }) => {
    for (const order of orders) desk().orders.place(order, 'en');
    return {};
  },
  placeAtPace: async ({ orders, perSecond }) => {
    const began = sharedNow();
    const saved: Moment[] = [];
    for (const [index, order] of orders.entries()) {
      const dueMs = began + (index * 1_000) / perSecond - sharedNow();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
      desk().orders.place(order, 'en');
      saved.push([order.orderId, sharedNow()]);
    }
    return { saved };
  },
  settled: async () => {
    await eventually(
      () => Promise.resolve(desk().sync.status()),
      ({ waiting }) => waiting === 0,
      { withinMs: SETTLE_WITHIN_MS, everyMs: LOOK_EVERY_MS },
    );
    return { atMs: sharedNow() };
  },
  watch: async () => {
    void noteArrivals();
    return {};
  },
  seen: async () => ({ seen }),
  close: async () => {
    await server?.close();
    server = undefined;
    return {};
  },
};

/** As a window learns of it: the event says where to look, and looking shows the order. */
async function noteArrivals(): Promise<void> {
  const known = new Set<string>();
  for await (const { orderIds } of desk().events.stream(new AbortController().signal)) {
    for (const orderId of orderIds) {
      if (known.has(orderId)) continue;
      known.add(orderId);
      desk().orders.get(orderId, 'en');
      seen.push([orderId, sharedNow()]);
    }
  }
}

process.on('message', (message: Message) => {
  // Each message names its own handler, which the compiler can't follow through a lookup.
  const act = DO[message.what] as (of: unknown) => Promise<Answer[keyof Answer]>;
  void act(message.of)
    .then((answer): Reply => ({ answer }))
    .catch((error: unknown): Reply => ({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit());
