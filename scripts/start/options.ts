/** The options of `npm start`, read once. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from './words.ts';

export const USAGE = `npm start -- [option…]
  --data DIR                    where everything is kept (.data)
  --port N                      the desk's (8481, or any free one where that is taken; 0: any free one)
  --central-port N              central's (8480, likewise)
  --host desktop|browser        a window of its own (where Electron is there), or the browser
  --no-open                     starts everything and opens nothing
  --sample small|large|none     what a new central begins with (small)`;

export interface StartOptions {
  /** Absolute. */
  dataDir: string;
  /** Undefined: the usual one, or any. */
  port: number | undefined;
  centralPort: number | undefined;
  /** Undefined: the desktop where it can run. */
  host: 'desktop' | 'browser' | undefined;
  open: boolean;
  sample: 'small' | 'large' | 'none';
}

/** @returns `undefined` when help was asked for. @throws StartError with exit code 2. */
export function readOptions(args: readonly string[]): StartOptions | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  return Object.freeze({
    dataDir: resolve(given.data ?? '.data'),
    port: portOf('--port', given.port),
    centralPort: portOf('--central-port', given['central-port']),
    host: given.host === undefined ? undefined : oneOf('--host', given.host, ['desktop', 'browser'] as const),
    open: !given['no-open'],
    sample: oneOf('--sample', given.sample ?? 'small', ['small', 'large', 'none'] as const),
  });
}

interface Given {
  data?: string | undefined;
  port?: string | undefined;
  'central-port'?: string | undefined;
  host?: string | undefined;
  'no-open'?: boolean | undefined;
  sample?: string | undefined;
  help?: boolean | undefined;
}

function parse(args: readonly string[]): Given {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  const options = {
    data: string,
    port: string,
    'central-port': string,
    host: string,
    'no-open': boolean,
    sample: string,
    help: boolean,
  };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw wrong(reason, reason);
  }
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  const list = allowed.join(', ');
  throw wrong(`${option} is one of ${list}, not "${value}".`, `${option} 只能是 ${list}，而不是“${value}”。`);
}

function portOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw wrong(
    `${option} is a number up to 65535, not "${text}".`,
    `${option} 应为不超过 65535 的数字，而不是“${text}”。`,
  );
}

function wrong(en: string, zh: string): StartError {
  return new StartError({ en: `${en}\n\n${USAGE}`, zh: `${zh}\n\n${USAGE}` }, 2);
}
