/** The importer's arguments and environment, read once. */
import { parseArgs } from 'node:util';
import { currency, type Currency } from '../../src-shared/domain/money.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../../src-shared/text/language.ts';
import { IMPORT_KINDS, type ImportKind } from './import-file.ts';
import { importError } from './import-error.ts';
import { ENCODINGS, type Encoding } from './source/text-encoding.ts';

export const USAGE = `npm run import -- --kind KIND --file FILE [OPTION…]
  --kind KIND           products | customers | prices | stock | orders
  --file FILE           .csv, .csv.gz or .xlsx; the first row names the columns
  --database-url URL    central's PostgreSQL; or by the environment, DATABASE_URL
  --data DIR            the folder of a central with an embedded PostgreSQL (npm start's is .data/central)
  --map FIELD=COLUMN,…  which column says what, where its name doesn't
  --branch CODE         the branch of customers and stock whose rows name none
  --new-branch CODE=NAME  makes this branch first, unless there is one of the code; --time-zone ZONE (Asia/Shanghai)
  --currency CODE       the house's currency, for a new database (CNY)
  --code-pattern REGEX  what a product's code looks like; rows with another are refused
  --encoding NAME       utf-8 | gb18030 | utf-16le, where it isn't found out
  --sheet NAME          of a workbook; left out, the first one with rows
  --refused FILE        where the refused rows go (FILE.refused.csv beside the file)
  --dry-run             says what would happen and writes nothing
  --language LANGUAGE   zh-CN | en; left out, the system's
An empty tax rate, minimum, multiple or group leaves what is there; "none" takes it away.
Exit code: 0 when the file was gone through, also with refused rows; 1 when it could not be; 2 for a wrong command.`;

export interface ImportConfig {
  kind: ImportKind;
  file: string;
  database: { url: string } | { folder: string };
  map: ReadonlyMap<string, string>;
  branchCode: string | undefined;
  newBranch: { code: string; name: string; timeZone: string } | undefined;
  currency: Currency;
  codePattern: string | undefined;
  encoding: Encoding | undefined;
  sheet: string | undefined;
  refusedFile: string | undefined;
  dryRun: boolean;
}

const OPTIONS = {
  kind: { type: 'string' },
  file: { type: 'string' },
  'database-url': { type: 'string' },
  data: { type: 'string' },
  map: { type: 'string', multiple: true },
  branch: { type: 'string' },
  'new-branch': { type: 'string' },
  'time-zone': { type: 'string' },
  currency: { type: 'string' },
  'code-pattern': { type: 'string' },
  encoding: { type: 'string' },
  sheet: { type: 'string' },
  refused: { type: 'string' },
  'dry-run': { type: 'boolean' },
  language: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Given = ReturnType<typeof parse>;

/** Asked for on its own: also what is wrong with the other arguments has to be said in it. */
export function readLanguage(argv: readonly string[], environment: NodeJS.ProcessEnv): Language {
  const asked = /^--language=?(.*)$/.exec(argv.find((argument) => argument.startsWith('--language')) ?? '');
  const value = asked?.[1] || argv[argv.indexOf('--language') + 1];
  const named = LANGUAGES.find((language) => asked && language === value);
  if (named) return named;
  return chooseLanguage((environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG']) ?? '');
}

/** @returns `undefined` when help was asked for. @throws ImportError `usage` */
export function readConfig(argv: readonly string[], environment: NodeJS.ProcessEnv): ImportConfig | undefined {
  const given = parse(argv);
  if (given.help) return undefined;
  return Object.freeze({
    kind: oneOf('kind', IMPORT_KINDS, given.kind),
    file: given.file ?? fail('--file is missing'),
    database: databaseOf(given, environment),
    map: mapOf(given.map ?? []),
    branchCode: given.branch,
    newBranch: newBranchOf(given),
    currency: oneOf('currency', currency.options, given.currency?.toUpperCase() ?? 'CNY'),
    codePattern: given['code-pattern'],
    encoding: given.encoding === undefined ? undefined : oneOf('encoding', ENCODINGS, given.encoding.toLowerCase()),
    sheet: given.sheet,
    refusedFile: given.refused,
    dryRun: given['dry-run'] ?? false,
  });
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the return type is what parseArgs makes of OPTIONS
function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(reason: string): never {
  throw importError('usage', { reason });
}

function oneOf<T extends string>(option: string, allowed: readonly T[], value: string | undefined): T {
  const found = allowed.find((one) => one === value);
  return found ?? fail(`--${option} ${value ?? ''} (${allowed.join(' | ')})`);
}

function databaseOf(given: Given, environment: NodeJS.ProcessEnv): ImportConfig['database'] {
  if (given.data !== undefined && given['database-url'] !== undefined) fail('--data, --database-url');
  if (given.data !== undefined) return { folder: given.data };
  const url = given['database-url'] ?? environment['DATABASE_URL'];
  return url ? { url } : fail('--data DIR | --database-url URL');
}

function mapOf(given: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const pair of given.flatMap((list) => list.split(','))) {
    const [, field = '', column = ''] = /^([^=]+)=(.+)$/.exec(pair.trim()) ?? fail(`--map ${pair}`);
    map.set(field.trim(), column.trim());
  }
  return map;
}

function newBranchOf(given: Given): ImportConfig['newBranch'] {
  const text = given['new-branch'];
  if (text === undefined) return undefined;
  const [, code = '', name = ''] = /^([^=]+)=(.+)$/.exec(text) ?? fail(`--new-branch ${text}`);
  return { code: code.trim(), name: name.trim(), timeZone: given['time-zone'] ?? 'Asia/Shanghai' };
}
