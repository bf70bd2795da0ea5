import { describe, expect, test } from 'vitest';
import { readConfig, UsageError } from './config.ts';

describe('the arguments of npm run desk', () => {
  test('are read into what the program needs', () => {
    const args = ['--central', 'http://a:1,http://b:2', '--data', '/d', '--port', '4100', '--enrol', 'ABC-123'];
    expect(readConfig([...args, '--device-name', 'Till 2'], { ORDERDESK_TOKEN: 'x'.repeat(32) })).toEqual({
      centralUrls: ['http://a:1', 'http://b:2'],
      dataDir: '/d',
      port: 4100,
      enrolCode: 'ABC-123',
      deviceName: 'Till 2',
      token: 'x'.repeat(32),
      proxy: null,
      caFile: null,
    });
    expect(readConfig(['--data', '/d', '--proxy', 'http://proxy:3128', '--ca', '/etc/house.pem'], {})).toMatchObject({
      proxy: 'http://proxy:3128',
      caFile: '/etc/house.pem',
    });
    expect(readConfig(['--data', '/d'], {})).toMatchObject({ centralUrls: [], port: 0, enrolCode: null, token: null });
  });

  test.each([
    ['no folder', ['--central', 'http://a:1']],
    ['a port that is none', ['--data', '/d', '--port', '70000']],
    ['a port in letters', ['--data', '/d', '--port', 'web']],
    ['an address that is none', ['--data', '/d', '--central', 'central.example']],
    ['a code without an address to show it to', ['--data', '/d', '--enrol', 'ABC123']],
    ['a proxy that is no address', ['--data', '/d', '--proxy', 'proxy:3128']],
    ['an option that is not there', ['--data', '/d', '--dta', '/e']],
  ])('with %s are refused in words', (_, args) => {
    expect(() => readConfig(args, {})).toThrow(UsageError);
  });

  test('take no token that could be guessed', () => {
    expect(() => readConfig(['--data', '/d'], { ORDERDESK_TOKEN: 'short' })).toThrow(UsageError);
  });
});
