import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const NOTHING = { argv: [], env: {}, settings: undefined };

describe('the configuration', () => {
  test('of a program that was told nothing is the usual place and no central', () => {
    expect(readConfig(NOTHING)).toEqual({
      dataFolder: null,
      centralUrls: [],
      enrolCode: null,
      deviceName: hostname(),
      proxy: null,
      caFile: null,
    });
  });

  test('takes arguments before the environment before the settings file', () => {
    const settings = '{"central": "http://settings:1"}';
    const env = { ORDERDESK_CENTRAL: 'http://env:1' };
    expect(readConfig({ ...NOTHING, settings }).centralUrls).toEqual(['http://settings:1']);
    expect(readConfig({ ...NOTHING, settings, env }).centralUrls).toEqual(['http://env:1']);
    const argv = [
      '--central',
      'http://a:1, http://b:2',
      '--data=/somewhere',
      '--enrol',
      'ABC',
      '--device-name',
      'Till 2',
      '--proxy',
      'http://proxy:3128',
      '--ca=/etc/house.pem',
    ];
    expect(readConfig({ argv, env, settings })).toEqual({
      dataFolder: '/somewhere',
      centralUrls: ['http://a:1', 'http://b:2'],
      enrolCode: 'ABC',
      deviceName: 'Till 2',
      proxy: 'http://proxy:3128',
      caFile: '/etc/house.pem',
    });
  });

  test("leaves Chromium's and the system's own arguments to them", () => {
    const argv = ['--disable-gpu', '--lang=zh-CN', '-psn_0_1', '.', '--data', '/d'];
    expect(readConfig({ ...NOTHING, argv }).dataFolder).toBe('/d');
  });

  test('says what is wrong instead of starting with half of it', () => {
    expect(() => readConfig({ ...NOTHING, argv: ['--central', 'ftp://x'] })).toThrow(/"ftp:\/\/x" is no address/);
    expect(() => readConfig({ ...NOTHING, argv: ['--data'] })).toThrow('--data needs a value.');
    expect(() => readConfig({ ...NOTHING, settings: '{' })).toThrow('settings.json is not JSON.');
    expect(() => readConfig({ ...NOTHING, settings: '{"centrl": "x"}' })).toThrow(/settings.json is not right/);
  });
});
