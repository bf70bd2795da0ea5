/** What the browser host is told by its arguments and environment: read once, checked, frozen. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkedProxy } from '../line-settings.ts';

export interface BrowserHostConfig {
  readonly centralUrls: readonly string[];
  readonly dataDir: string;
  /** 0: any free one. */
  readonly port: number;
  readonly enrolCode: string | null;
  readonly deviceName: string;
  /** A proxy in place of the environment's, and a file of the house's own certificate authority. */
  readonly proxy: string | null;
  readonly caFile: string | null;
  /** The bearer token of this start; null to make one. */
  readonly token: string | null;
}

/** Wrong arguments, in words for the person who typed them. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run desk -- --central URL[,URL…] --data DIR [--port N] [--enrol CODE] [--device-name NAME]
                    [--proxy URL] [--ca FILE]

  --central      where head office's server is; several addresses are tried in turn
  --data         the folder with this desk's orders; made when it is not there
  --port         where to listen on this machine (default: any free port)
  --enrol        the code that an admin gave out for this desk; used at the first start only
  --device-name  how head office will call this desk (default: this machine's name)
  --proxy        an HTTP proxy between here and head office, like http://user:password@proxy:3128 (default: what the
                 environment says in HTTPS_PROXY, HTTP_PROXY and NO_PROXY)
  --ca           a file (PEM) with the certificate of your own authority, where head office's is signed by that one

ORDERDESK_TOKEN in the environment sets the token of the address instead of a new one at each start.`;

const LEAST_TOKEN_LENGTH = 32;

/** @returns 'help' when that was asked for. @throws UsageError */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): BrowserHostConfig | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const dataDir = given.data ?? '';
  if (dataDir === '') throw new UsageError('Say with --data DIR where this desk keeps its orders.');
  const centralUrls = (given.central ?? '').split(',').filter((url) => url !== '');
  for (const url of centralUrls) assertUrl(url);
  if (given.enrol !== undefined && centralUrls.length === 0) {
    throw new UsageError('--enrol needs --central URL: the code is shown to head office.');
  }
  const token = environment['ORDERDESK_TOKEN'] ?? null;
  if (token !== null && !new RegExp(`^[\\w-]{${LEAST_TOKEN_LENGTH},}$`).test(token)) {
    throw new UsageError(`ORDERDESK_TOKEN must have at least ${LEAST_TOKEN_LENGTH} letters and digits.`);
  }
  return Object.freeze({
    centralUrls: Object.freeze(centralUrls),
    dataDir: resolve(dataDir),
    port: portOf(given.port),
    enrolCode: given.enrol ?? null,
    deviceName: (given['device-name'] ?? hostname()).slice(0, 60) || 'desk',
    token,
    proxy: given.proxy === undefined ? null : proxyOf(given.proxy),
    caFile: given.ca === undefined ? null : resolve(given.ca),
  });
}

function parse(args: readonly string[]) {
  try {
    const string = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: {
        central: string,
        data: string,
        port: string,
        enrol: string,
        'device-name': string,
        proxy: string,
        ca: string,
        help: { type: 'boolean' },
      },
      allowPositionals: false,
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function assertUrl(text: string): void {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return;
  throw new UsageError(`--central: "${text}" is no address like http://127.0.0.1:4000.`);
}

function proxyOf(text: string): string {
  try {
    return checkedProxy(text);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port: "${text}" is no port from 0 to 65535.`);
  return port;
}
