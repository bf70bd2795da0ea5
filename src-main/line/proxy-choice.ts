/** Which proxy, if any, stands between this desk and an address of central's. */

export interface ProxySettings {
  /** For http: and https: addresses; URLs with user and password where it wants them. */
  http: string | null;
  https: string | null;
  /** As in NO_PROXY: names, domains with a leading dot or without, addresses, with a port or without; `*` for all. */
  except: readonly string[];
}

export const NO_PROXY_AT_ALL: ProxySettings = { http: null, https: null, except: [] };

/**
 * `given` (`--proxy`) goes before the environment's HTTPS_PROXY and HTTP_PROXY; NO_PROXY holds for both. The
 * environment's are not for this machine itself: no proxy finds a central that listens on 127.0.0.1 here.
 */
export function proxySettings(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings {
  const read = (name: string): string | null => environment[name.toLowerCase()] || environment[name] || null;
  const except = (read('NO_PROXY') ?? '')
    .split(/[\s,]+/)
    .map((each) => each.toLowerCase())
    .filter((each) => each !== '');
  if (given !== undefined) return { http: given, https: given, except };
  return {
    http: read('HTTP_PROXY') ?? read('ALL_PROXY'),
    https: read('HTTPS_PROXY') ?? read('ALL_PROXY'),
    except: [...except, 'localhost', '127.0.0.1', '::1'],
  };
}

/** The proxy's URL for an origin; null for a direct connection. */
export function proxyFor(settings: ProxySettings, origin: string): string | null {
  const { protocol, hostname, port } = new URL(origin);
  const proxy = protocol === 'https:' ? settings.https : settings.http;
  if (proxy === null) return null;
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return settings.except.some((rule) => matches(rule, host, ownPort)) ? null : proxy;
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  const [, name = rule, rulePort] =
    /^\[?([^[\]]*?)\]?(?::(\d+))?$/.exec(rule.includes('::') ? `[${rule}]` : rule) ?? [];
  if (rulePort !== undefined && rulePort !== port) return false;
  const suffix = name.replace(/^\*?\./, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}
