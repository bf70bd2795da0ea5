/** What central was told: read once from arguments and environment, checked, frozen. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { currency as currencySchema, CURRENCY_DIGITS, type Currency } from '../src-shared/domain/money.ts';

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
}

/** Its message is for people. */
export class ConfigError extends Error {}

export const USAGE = `Usage: npm run central -- [options]

  --database-url URL   a PostgreSQL 15 or later of your own (or the environment's DATABASE_URL);
                       without it an embedded one is started
  --data DIR           where the embedded PostgreSQL keeps its files (default: .data/central)
  --port N             port to listen on (default: 8480; 0 for any free one)
  --listen ADDRESS     address to listen on (default: 127.0.0.1, this machine alone)
  --receipt-key FILE   the key that signs receipts, made where there is none
                       (default: receipt-key.pem in the data folder, also with --database-url)
  --sample SIZE        small, large or none (default: none): fills a database without branches
  --currency CODE      ${Object.keys(CURRENCY_DIGITS).join(', ')}: the house's currency, for a new database
                       (default: CNY; with a sample GBP, which the sample is in)
  --log-level LEVEL    trace, debug, info, warn, error or silent (default: warn)
  --help               this text
`;

const DEFAULT_PORT = 8480;
const DEFAULT_DATA = '.data/central';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** @returns 'help' when that was asked for. @throws ConfigError. */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): CentralConfig | 'help' {
  const values = parse(args);
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
    receiptKey: values['receipt-key'] ?? path.join(values.data ?? DEFAULT_DATA, 'receipt-key.pem'),
    host: values.listen ?? '127.0.0.1',
    port: portOf(values.port),
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

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new ConfigError(`--port is a number up to 65535, not "${text}".`);
  return port;
}
