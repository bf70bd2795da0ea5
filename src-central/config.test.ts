/** What central is told, and what it says of what it can't take. */
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, USAGE, type CentralConfig } from './config.ts';
import { HORIZON_DAYS, MAX_HORIZON_DAYS, RETENTION_DAYS } from './limits.ts';

function keeping(args: string[], environment: NodeJS.ProcessEnv = {}): CentralConfig['keeping'] {
  const config = readConfig(args, environment);
  if (config === 'help') throw new Error('help was not asked for');
  return config.keeping;
}

describe('how long the feed is kept', () => {
  test('is as the limits say where nobody says anything', () => {
    expect(keeping([])).toEqual({ retentionDays: RETENTION_DAYS, horizonDays: HORIZON_DAYS });
  });

  test('is told by options, or by the environment where there is no option', () => {
    expect(keeping(['--retention-days', '2', '--horizon-days', '30'])).toEqual({ retentionDays: 2, horizonDays: 30 });
    const environment = { ORDERDESK_RETENTION_DAYS: '3', ORDERDESK_HORIZON_DAYS: '40' };
    expect(keeping([], environment)).toEqual({ retentionDays: 3, horizonDays: 40 });
    expect(keeping(['--horizon-days', '50'], environment)).toEqual({ retentionDays: 3, horizonDays: 50 });
  });

  test.each([
    [['--retention-days', '0'], /--retention-days is a number of days/],
    [['--retention-days', '1.5'], /--retention-days is a number of days/],
    [['--horizon-days', 'a week'], /--horizon-days is a number of days/],
    [['--horizon-days', String(MAX_HORIZON_DAYS + 1)], /--horizon-days is a number of days/],
    [['--horizon-days', '3'], /at most --horizon-days/],
  ])('is refused in words as %j', (args, words) => {
    expect(() => keeping(args)).toThrow(ConfigError);
    expect(() => keeping(args)).toThrow(words);
  });

  test('names the variable that is wrong', () => {
    expect(() => keeping([], { ORDERDESK_HORIZON_DAYS: '-1' })).toThrow(/ORDERDESK_HORIZON_DAYS is a number/);
  });

  test('is in the help, with what it is otherwise', () => {
    expect(USAGE).toContain(`default: ${RETENTION_DAYS})`);
    expect(USAGE).toContain(`default: ${HORIZON_DAYS})`);
  });
});
