import { describe, expect, test } from 'vitest';
import type { DeskEvent } from '../api/desk-services.ts';
import { manualScheduler } from '../../test/support/manual-scheduler.ts';
import { ALL_TOPICS, createEventHub } from './event-hub.ts';
import { EVENT_GATHER_MS, EVENT_MAX_ORDERS } from './limits.ts';

function reader() {
  const scheduler = manualScheduler();
  const hub = createEventHub(scheduler);
  const abort = new AbortController();
  const seen: DeskEvent[] = [];
  const ended = (async () => {
    for await (const event of hub.stream(abort.signal)) seen.push(event);
  })();
  return { scheduler, hub, abort, seen, ended };
}

describe('events', () => {
  test('begin with "look at everything", so that nothing is missed before the first one', async () => {
    const { scheduler, seen } = reader();
    await scheduler.advance(0);
    expect(seen).toEqual([{ topics: [...ALL_TOPICS], orderIds: [] }]);
  });

  test('that come close together are told as one', async () => {
    const { scheduler, hub, seen } = reader();
    await scheduler.advance(0);
    hub.announce({ topics: ['orders'], orderIds: ['a'] });
    await scheduler.advance(EVENT_GATHER_MS - 1);
    hub.announce({ topics: ['orders', 'stock'], orderIds: ['b'] });
    await scheduler.advance(1);
    expect(seen.slice(1)).toEqual([{ topics: ['orders', 'stock'], orderIds: ['a', 'b'] }]);
  });

  test('that come after a quiet while are told at once', async () => {
    const { scheduler, hub, seen } = reader();
    await scheduler.advance(EVENT_GATHER_MS);
    hub.announce({ topics: ['orders'], orderIds: ['a'] });
    hub.announce({ topics: ['stock'] });
    await scheduler.advance(0);
    expect(seen.slice(1)).toEqual([{ topics: ['orders', 'stock'], orderIds: ['a'] }]);
    hub.announce({ topics: ['orders'], orderIds: ['b'] });
    await scheduler.advance(EVENT_GATHER_MS - 1);
    expect(seen).toHaveLength(2);
    await scheduler.advance(1);
    expect(seen.slice(2)).toEqual([{ topics: ['orders'], orderIds: ['b'] }]);
  });

  test('name no orders when one of them named none, or there are too many', async () => {
    const { scheduler, hub, seen } = reader();
    await scheduler.advance(0);
    hub.announce({ topics: ['orders'], orderIds: ['a'] });
    hub.announce({ topics: ['orders'] });
    await scheduler.advance(EVENT_GATHER_MS);
    for (let n = 0; n <= EVENT_MAX_ORDERS; n += 1) hub.announce({ topics: ['orders'], orderIds: [String(n)] });
    await scheduler.advance(EVENT_GATHER_MS);
    expect(seen.slice(1)).toEqual([
      { topics: ['orders'], orderIds: [] },
      { topics: ['orders'], orderIds: [] },
    ]);
  });

  test('end with the signal, and all of them with the hub', async () => {
    const first = reader();
    await first.scheduler.advance(0);
    first.abort.abort();
    await first.ended;
    const second = reader();
    await second.scheduler.advance(0);
    second.hub.close();
    await second.ended;
  });
});
