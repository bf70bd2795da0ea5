import { describe, expect, test } from 'vitest';
import type { AppErrorData } from '../../src-shared/protocol/app-error.ts';
import { HEARTBEAT_DEAD_AFTER_MS } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { createLinkWatch } from './link-watch.ts';

const DOWN: AppErrorData = { code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'no answer' };
const SILENT: AppErrorData = { code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'no heartbeat' };
const REVOKED: AppErrorData = { code: 'TOKEN_INVALID', retry: 'never' };
const BUSY: AppErrorData = { code: 'CENTRAL_BUSY', retry: 'later' };

function watched() {
  const at = { now: 1_000 };
  const changes: string[] = [];
  const platform = { now: () => at.now, monotonicNow: () => at.now, randomBytes: () => new Uint8Array() };
  const watch = createLinkWatch(platform, (before) => changes.push(`${before} > ${watch.report().link}`));
  return { at, watch, changes };
}

describe('the link', () => {
  test('is offline with its reason and since when, once a request got no answer', () => {
    const { at, watch, changes } = watched();
    expect(watch.report()).toEqual({ link: 'connecting', since: 1_000, reason: null });
    at.now = 2_000;
    watch.requestFailed(DOWN);
    at.now = 3_000;
    watch.requestFailed(DOWN);
    expect(watch.report()).toEqual({ link: 'offline', since: 2_000, reason: 'no answer' });
    watch.heardHeartbeat();
    expect(watch.report()).toEqual({ link: 'online', since: 3_000, reason: null });
    expect(changes).toEqual(['connecting > offline', 'offline > online']);
  });

  test('stays online while heartbeats come, with the reason why a request failed', () => {
    const { at, watch } = watched();
    watch.heardHeartbeat();
    watch.requestFailed(DOWN);
    expect(watch.report()).toMatchObject({ link: 'online', reason: 'no answer' });
    watch.heardHeartbeat();
    expect(watch.report().reason).toBe('no answer');
    watch.heardAnswer();
    expect(watch.report().reason).toBeNull();
    at.now += HEARTBEAT_DEAD_AFTER_MS;
    watch.requestFailed(DOWN);
    expect(watch.report().link).toBe('offline');
  });

  test('is offline as soon as heartbeats have stopped and there was no answer either', () => {
    const { at, watch } = watched();
    watch.heardHeartbeat();
    at.now += HEARTBEAT_DEAD_AFTER_MS;
    watch.streamFailed(SILENT);
    expect(watch.report()).toMatchObject({ link: 'offline', reason: 'no heartbeat' });
  });

  test('is not called offline for a stream that breaks or never speaks, but for the request that fails then', () => {
    const { at, watch } = watched();
    watch.heardAnswer();
    at.now += HEARTBEAT_DEAD_AFTER_MS;
    watch.streamFailed(SILENT);
    watch.heardHeartbeat();
    watch.streamFailed(DOWN);
    expect(watch.report().link).toBe('online');
    watch.requestFailed(DOWN);
    expect(watch.report().link).toBe('offline');
  });

  test('is blocked when central will not serve this desk, whatever heartbeats say, until it answers', () => {
    const { watch } = watched();
    watch.heardHeartbeat();
    watch.requestFailed(REVOKED);
    watch.heardHeartbeat();
    watch.requestFailed(DOWN);
    expect(watch.report()).toMatchObject({ link: 'blocked', reason: 'TOKEN_INVALID' });
    watch.heardAnswer();
    expect(watch.report().link).toBe('online');
  });

  test('is blocked with the one of the two programs that has to be updated', () => {
    const { watch } = watched();
    const served = (...versions: number[]): AppErrorData => ({
      code: 'UPGRADE_REQUIRED',
      retry: 'after-upgrade',
      served: versions,
    });
    watch.requestFailed(served(PROTOCOL_VERSION + 1, PROTOCOL_VERSION + 2));
    expect(watch.report()).toMatchObject({ link: 'blocked', reason: 'UPGRADE_REQUIRED' });
    watch.requestFailed(served(PROTOCOL_VERSION - 2, PROTOCOL_VERSION - 1));
    expect(watch.report()).toMatchObject({ link: 'blocked', reason: 'CENTRAL_OLDER' });
  });

  test('is online when central answers that it is busy', () => {
    const { watch } = watched();
    watch.requestFailed(BUSY);
    expect(watch.report()).toMatchObject({ link: 'online', reason: 'CENTRAL_BUSY' });
  });
});
