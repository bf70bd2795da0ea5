import { describe, expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const guard = createGuard('s3cret-token-of-this-start', () => 4100);

describe('the guard', () => {
  test('hears its own page and programs without a page', () => {
    expect(guard.isOurs({ host: '127.0.0.1:4100' })).toBe(true);
    expect(guard.isOurs({ host: 'localhost:4100', origin: 'http://localhost:4100' })).toBe(true);
  });

  test('does not hear other names, other ports and pages of other origins', () => {
    for (const headers of [
      {},
      { host: 'evil.example:4100' },
      { host: '127.0.0.1:4101' },
      { host: '127.0.0.1' },
      { host: '127.0.0.1:4100', origin: 'http://evil.example' },
      { host: '127.0.0.1:4100', origin: 'http://localhost:4100' },
      { host: '127.0.0.1:4100', origin: 'null' },
    ]) {
      expect(guard.isOurs(headers), JSON.stringify(headers)).toBe(false);
    }
  });

  test('takes the token of this start and no other', () => {
    expect(guard.hasToken({ authorization: 'Bearer s3cret-token-of-this-start' })).toBe(true);
    expect(guard.hasToken({ authorization: 'Bearer s3cret-token-of-this-star' })).toBe(false);
    expect(guard.hasToken({ authorization: 's3cret-token-of-this-start' })).toBe(false);
    expect(guard.hasToken({})).toBe(false);
    expect(guard.isToken(undefined)).toBe(false);
  });
});
