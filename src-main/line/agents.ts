/**
 * The connections to central: kept open between requests, through a proxy where one is set, trusting a private
 * certificate authority where one is given.
 *
 * A connection that was left alone for a while is not used again, and after an exchange that got no answer none of
 * those left over is: what swallowed the one will swallow the others.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ADDRESS_ATTEMPT_MS, IDLE_SOCKET_MS, MAX_SOCKETS, TCP_KEEPALIVE_MS } from './limits.ts';
import { NO_PROXY_AT_ALL, proxyFor, type ProxySettings } from './proxy-choice.ts';

export interface LineSettings {
  proxy?: ProxySettings;
  /** Certificates (PEM) to trust; all of them, so with the usual ones. Undefined: what Node trusts. */
  ca?: readonly string[];
}

export interface Agents {
  agentFor(origin: string): HttpAgent;
  viaProxy(origin: string): boolean;
  /** Closes the connections that are open and unused. */
  dropIdle(): void;
}

export function createAgents({ proxy = NO_PROXY_AT_ALL, ca }: LineSettings): Agents {
  const agents = new Map<string, HttpAgent>();
  return {
    agentFor: (origin) => {
      const url = proxyFor(proxy, origin);
      const key = `${new URL(origin).protocol} ${url ?? ''}`;
      const agent = agents.get(key) ?? createAgent(origin, url, ca);
      agents.set(key, agent);
      return agent;
    },
    viaProxy: (origin) => proxyFor(proxy, origin) !== null,
    dropIdle: () => {
      for (const agent of agents.values()) {
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      }
    },
  };
}

function createAgent(origin: string, proxy: string | null, ca: readonly string[] | undefined): HttpAgent {
  const options = {
    keepAlive: true,
    keepAliveMsecs: TCP_KEEPALIVE_MS,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_SOCKETS,
    scheduling: 'lifo' as const,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    noDelay: true,
    // Ends those that are unused; of one in use it only makes an event.
    timeout: IDLE_SOCKET_MS,
    // Only where there is one: with the option, even empty, Node would ask the environment as well.
    ...(proxy === null ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }),
  };
  const secure = new URL(origin).protocol === 'https:';
  return secure ? new HttpsAgent({ ...options, ...(ca ? { ca: [...ca] } : {}) }) : new HttpAgent(options);
}
