/**
 * What the desktop program is started with: arguments before environment before the settings file. Read once.
 *
 * `--data DIR`, `ORDERDESK_DATA`: the desk's own folder. Two programs may run at once on two of them.
 * `--central URL[,URL…]`, `ORDERDESK_CENTRAL`, `central` in settings.json: where central is.
 * `--proxy URL`, `ORDERDESK_PROXY`, `proxy` in settings.json: an HTTP proxy; else the environment's HTTPS_PROXY,
 * HTTP_PROXY and NO_PROXY. `--ca FILE`, `ORDERDESK_CA`, `ca` in settings.json: certificates of the house's authority.
 * `--enrol CODE`: an enrolment code, used once when the desk is not enrolled yet; `--device-name NAME` goes along.
 */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { checkedProxy } from '../hosts/line-settings.ts';

export interface ShellConfig {
  /** Absolute; null for the usual place of this system's user. */
  dataFolder: string | null;
  /** Addresses of central, the first to be tried first; empty until an admin's setting or an enrolment says one. */
  centralUrls: readonly string[];
  enrolCode: string | null;
  /** How central will call this desk. */
  deviceName: string;
  proxy: string | null;
  /** Absolute. */
  caFile: string | null;
}

const STRING = { type: 'string' } as const;
const httpUrl = z.url({ protocol: /^https?$/ });
const settingsFile = z.strictObject({
  central: z.string().optional(),
  proxy: z.string().optional(),
  ca: z.string().optional(),
});

/**
 * @param given.argv     The program's arguments. Unknown ones are Chromium's or the system's, and are left to them.
 * @param given.settings The text of settings.json, undefined when there is none.
 * @throws Error in words for the person who started it.
 */
export function readConfig(given: {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  settings: string | undefined;
}): ShellConfig {
  const { values } = parseArgs({
    args: [...given.argv],
    options: { data: STRING, central: STRING, enrol: STRING, 'device-name': STRING, proxy: STRING, ca: STRING },
    strict: false,
    allowPositionals: true,
  });
  const text = (name: 'data' | 'central' | 'enrol' | 'device-name' | 'proxy' | 'ca'): string | undefined => {
    const value = values[name];
    if (value === true) throw new Error(`--${name} needs a value.`);
    return typeof value === 'string' ? value : undefined;
  };
  const settings = settingsOf(given.settings);
  const data = text('data') ?? given.env['ORDERDESK_DATA'];
  const central = text('central') ?? given.env['ORDERDESK_CENTRAL'] ?? settings.central;
  const proxy = text('proxy') ?? given.env['ORDERDESK_PROXY'] ?? settings.proxy;
  const caFile = text('ca') ?? given.env['ORDERDESK_CA'] ?? settings.ca;
  return Object.freeze({
    dataFolder: data ? resolve(data) : null,
    centralUrls: central ? central.split(',').map((url) => checkedUrl(url.trim())) : [],
    enrolCode: text('enrol') ?? null,
    deviceName: (text('device-name') ?? hostname()).slice(0, 60) || 'desk',
    proxy: proxy ? checkedProxy(proxy) : null,
    caFile: caFile ? resolve(caFile) : null,
  });
}

function settingsOf(settings: string | undefined): z.infer<typeof settingsFile> {
  if (settings === undefined) return {};
  let content: unknown;
  try {
    content = JSON.parse(settings);
  } catch (cause) {
    throw new Error('settings.json is not JSON.', { cause });
  }
  const parsed = settingsFile.safeParse(content);
  if (!parsed.success) throw new Error(`settings.json is not right: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function checkedUrl(url: string): string {
  if (!httpUrl.safeParse(url).success) throw new Error(`"${url}" is no address of a central, like http://host:4000.`);
  return url;
}
