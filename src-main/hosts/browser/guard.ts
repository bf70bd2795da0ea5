/**
 * Who may speak to the browser host. It listens on the loopback address only, but every program on the machine and
 * every page in the browser can reach that: so the API wants the token of this start, and no request is heard that
 * names another host (a name made to point here) or comes from a page of another origin.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Guard {
  /** Whether the request was made to this host, by this host's page or by no page at all. */
  isOurs(headers: IncomingHttpHeaders): boolean;
  /** Compared in constant time: how long it takes tells nothing of the token. */
  isToken(given: unknown): boolean;
  /** The token of an `Authorization: Bearer …` header. */
  hasToken(headers: IncomingHttpHeaders): boolean;
}

/** `port` is asked at each request: it is not known before the server listens. */
export function createGuard(token: string, port: () => number): Guard {
  const expected = digestOf(token);
  const isToken = (given: unknown): boolean => typeof given === 'string' && timingSafeEqual(digestOf(given), expected);
  return {
    isOurs: ({ host, origin }) => {
      const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
      if (host === undefined || !hosts.includes(host)) return false;
      return origin === undefined || origin === `http://${host}`;
    },
    isToken,
    hasToken: ({ authorization }) => isToken(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1]),
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
