/** What central was told: read once from arguments and environment, checked, frozen. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { currency as currencySchema, CURRENCY_DIGITS, type Currency } from '../src-shared/domain/money.ts';
import type { FeedKeeping } from './jobs/central-jobs.ts';
import { HORIZON_DAYS, MAX_HORIZON_DAYS, RETENTION_DAYS } from './limits.ts';

export interface CentralConfig {
  /** A PostgreSQL of the house; else the embedded one in `data`. */
  databaseUrl: string | undefined;
  data: string;
  host: string;
  port: number;
  sample: 'small' | 'large' | 'none';
  /** The house's currency, for a new database. */
  currency: Currency;
  logLevel: string;
  /** Where the key is that signs receipts: outside of the database. */
  receiptKey: string;
  /** Begin a new epoch whatever the database looks like: it is a copy, and the original lives on elsewhere. */
  newEpoch: boolean;
  /** Note that a backup which began then has ended well, and end: Unix milliseconds, `'now'`; undefined: serve. */
  backedUp: number | 'now' | undefined;
  /** How long the feed is kept. */
  keeping: FeedKeeping;
}

/** Its message is for people. */
export class ConfigError extends Error {}

export const USAGE = `Usage: npm run central -- [options]
       npm run central -- backed-up [--at TIME] [options]   note that a backup has ended well

  --database-url URL   a PostgreSQL 15 or later of your own (or the environment's DATABASE_URL);
                       without it an embedded one is started
  --data DIR           where the embedded PostgreSQL keeps its files (default: .data/central)
  --port N             port to listen on (default: 8480; 0 for any free one)
  --listen ADDRESS     address to listen on (default: 127.0.0.1, this machine alone)
  --receipt-key FILE   the key that signs receipts, made where there is none
                       (default: receipt-key.pem in the data folder, also with --database-url)
  --new-epoch          this database is a copy, or was set back in a way that leaves no trace: desks fill
                       anew and bring back what they have settled (once: leave it out at the next start)
  --sample SIZE        small, large or none (default: none): fills a database without branches
  --currency CODE      ${Object.keys(CURRENCY_DIGITS).join(', ')}: the house's currency, for a new database
                       (default: CNY; with a sample GBP, which the sample is in)
  --retention-days N   how long replaced versions of rows stay in the feed (or ORDERDESK_RETENTION_DAYS;
                       default: ${RETENTION_DAYS}): a desk that was away for longer takes the rest in one piece
  --horizon-days N     how long the feed tells of rows that are gone (or ORDERDESK_HORIZON_DAYS; default: ${HORIZON_DAYS}):
                       a desk that was away for longer fills anew, and keeps its orders
  --log-level LEVEL    trace, debug, info, warn, error or silent (default: warn)
  --at TIME            when that backup began, like 2026-03-02T01:00:00Z (default: now)
  --help               this text
`;

const BACKED_UP = 'backed-up';
const DEFAULT_PORT = 8480;
const DEFAULT_DATA = '.data/central';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** @returns 'help' when that was asked for. @throws ConfigError. */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): CentralConfig | 'help' {
  const [command] = args;
  const values = parse(command === BACKED_UP ? args.slice(1) : args);
  if (values.help) return 'help';
  const sample = oneOf('--sample', values.sample ?? 'none', ['small', 'large', 'none'] as const);
  const databaseUrl = values['database-url'] ?? environment['DATABASE_URL'];
  if (databaseUrl !== undefined && values.data !== undefined) {
    throw new ConfigError('--database-url and --data are two ways to say where the rows are: give one of them.');
  }
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new ConfigError('The database URL must begin with postgres:// (postgres://user:password@host:5432/name).');
  }
  return Object.freeze({
    databaseUrl,
    data: values.data ?? DEFAULT_DATA,
    newEpoch: values['new-epoch'] ?? false,
    backedUp: backedUpOf(command, values.at),
    receiptKey: values['receipt-key'] ?? path.join(values.data ?? DEFAULT_DATA, 'receipt-key.pem'),
    host: values.listen ?? '127.0.0.1',
    port: portOf(values.port),
    keeping: keepingOf(values, environment),
    sample,
    currency: oneOf('--currency', values.currency ?? (sample === 'none' ? 'CNY' : 'GBP'), currencySchema.options),
    logLevel: oneOf('--log-level', values['log-level'] ?? 'warn', LOG_LEVELS),
  });
}

interface Values {
  'database-url'?: string;
  data?: string;
  port?: string;
  listen?: string;
  sample?: string;
  currency?: string;
  'log-level'?: string;
  'receipt-key'?: string;
  'new-epoch'?: boolean;
  'retention-days'?: string;
  'horizon-days'?: string;
  at?: string;
  help?: boolean;
}

function parse(args: readonly string[]): Values {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        'database-url': text,
        data: text,
        port: text,
        listen: text,
        sample: text,
        currency: text,
        'log-level': text,
        'receipt-key': text,
        'new-epoch': { type: 'boolean' },
        'retention-days': text,
        'horizon-days': text,
        at: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new ConfigError(`${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

function backedUpOf(command: string | undefined, at: string | undefined): CentralConfig['backedUp'] {
  if (command !== BACKED_UP) {
    if (at !== undefined) throw new ConfigError('--at belongs to "backed-up".');
    return undefined;
  }
  if (at === undefined) return 'now';
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw new ConfigError(`--at is a time like 2026-03-02T01:00:00Z, not "${at}".`);
  return time;
}

function keepingOf(values: Values, environment: NodeJS.ProcessEnv): FeedKeeping {
  const days = (option: 'retention-days' | 'horizon-days', variable: string, otherwise: number): number => {
    const given = values[option];
    const text = given ?? environment[variable];
    if (text === undefined) return otherwise;
    const found = Number(text);
    if (/^\d+$/.test(text) && found >= 1 && found <= MAX_HORIZON_DAYS) return found;
    const name = given === undefined ? variable : `--${option}`;
    throw new ConfigError(`${name} is a number of days from 1 to ${MAX_HORIZON_DAYS}, not "${text}".`);
  };
  const retentionDays = days('retention-days', 'ORDERDESK_RETENTION_DAYS', RETENTION_DAYS);
  const horizonDays = days('horizon-days', 'ORDERDESK_HORIZON_DAYS', HORIZON_DAYS);
  if (retentionDays > horizonDays) {
    throw new ConfigError(
      `The feed can't keep replaced versions for ${retentionDays} days and forget what is gone after ${horizonDays}: ` +
        '--retention-days is at most --horizon-days.',
    );
  }
  return Object.freeze({ retentionDays, horizonDays });
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new ConfigError(`--port is a number up to 65535, not "${text}".`);
  return port;
}
