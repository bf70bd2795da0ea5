/** How this machine reaches central: through which proxy, and whose certificates it trusts besides the usual ones. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, rootCertificates } from 'node:tls';
import type { LineSettings } from '../line/agents.ts';
import { proxySettings } from '../line/proxy-choice.ts';

export interface LineChoice {
  /** A proxy's URL in place of the environment's. */
  proxy: string | null;
  /** A file of certificates (PEM) of the house's own authority. */
  caFile: string | null;
}

/** @throws Error in words for whoever started the program. */
export function lineSettings(
  { proxy, caFile }: LineChoice,
  environment: Readonly<Record<string, string | undefined>>,
): LineSettings {
  return {
    proxy: proxySettings(proxy ?? undefined, environment),
    ...(caFile === null ? {} : { ca: [...usualAuthorities(), readCertificates(caFile)] }),
  };
}

/** @throws Error when the text is no address of a proxy. */
export function checkedProxy(text: string): string {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return text;
  throw new Error(`--proxy: "${text}" is no address of a proxy, like http://proxy.example:3128.`);
}

/** With NODE_EXTRA_CA_CERTS, where Node tells what it trusts. */
function usualAuthorities(): readonly string[] {
  return typeof getCACertificates === 'function' ? getCACertificates('default') : rootCertificates;
}

function readCertificates(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    // Reads the first of them: a key, or a certificate in another format, is told at once.
    void new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new Error(`--ca: ${file} can not be read as certificates (PEM): ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
