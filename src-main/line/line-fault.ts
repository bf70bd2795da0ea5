/** What went wrong on the line, told apart by what a person can do about it. */
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';
import { CLOCK_FAR_OFF_MS, EARLIEST_PLAUSIBLE_MS } from './limits.ts';

export class LineFault extends Error {
  readonly reason: LineReason | `http ${number}`;
  /** Whether the request can't have reached central. */
  readonly neverArrived: boolean;

  constructor(reason: LineReason | `http ${number}`, { neverArrived = false, cause }: FaultDetail = {}) {
    super(reason, { cause });
    this.name = 'LineFault';
    this.reason = reason;
    this.neverArrived = neverArrived;
  }
}

interface FaultDetail {
  neverArrived?: boolean;
  cause?: unknown;
}

export interface FaultContext {
  viaProxy: boolean;
  /** Whether there was a connection, with TLS where it is asked for. */
  connected: boolean;
  /** This machine's clock, Unix milliseconds; and by how much central's is ahead of it, null when that is unknown. */
  clock: { nowMs: number; offsetMs: number | null };
}

/** Of an error that a socket, TLS or the HTTP parser threw. */
export function faultOf(error: unknown, { viaProxy, connected, clock }: FaultContext): LineFault {
  if (error instanceof LineFault) return error;
  const code = systemCode(error);
  const neverArrived = !connected;
  if (code === 'ERR_PROXY_TUNNEL') return new LineFault(tunnelReason(error), { neverArrived, cause: error });
  const ofCertificate = CERTIFICATE[code];
  if (ofCertificate) {
    const reason = isOutOfTime(ofCertificate) && isClockWrong(clock) ? 'certificate clock' : ofCertificate;
    return new LineFault(reason, { neverArrived, cause: error });
  }
  if (code.startsWith('HPE_')) return new LineFault(parserReason(error), { cause: error });
  const reason = code === 'EPROTO' || code.startsWith('ERR_SSL_') ? tlsReason(error) : (SYSTEM[code] ?? 'broken off');
  // Where a proxy stands between, it alone is who was not reached: central's name is looked up there.
  const ofProxy = viaProxy && !connected && (reason === 'refused' || reason === 'unknown host');
  return new LineFault(ofProxy ? 'proxy unreachable' : reason, { neverArrived, cause: error });
}

const SYSTEM: Record<string, LineReason> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'unknown host',
  EAI_FAIL: 'unknown host',
  ETIMEDOUT: 'no answer',
  ENETUNREACH: 'no network',
  EHOSTUNREACH: 'no network',
  ENETDOWN: 'no network',
  EADDRNOTAVAIL: 'no network',
};

const CERTIFICATE: Record<string, LineReason> = {
  CERT_HAS_EXPIRED: 'certificate expired',
  CERT_NOT_YET_VALID: 'certificate not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate authority',
  CERT_UNTRUSTED: 'certificate authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate name',
  HOSTNAME_MISMATCH: 'certificate name',
  CERT_REVOKED: 'certificate',
  CERT_REJECTED: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  INVALID_CA: 'certificate',
  INVALID_PURPOSE: 'certificate',
};

/** The first byte of a TLS alert: what a server of https sends to somebody who does not speak it. */
const TLS_ALERT = 0x15;

function isOutOfTime(reason: LineReason): boolean {
  return reason === 'certificate expired' || reason === 'certificate not yet valid';
}

function isClockWrong({ nowMs, offsetMs }: FaultContext['clock']): boolean {
  return nowMs < EARLIEST_PLAUSIBLE_MS || (offsetMs !== null && Math.abs(offsetMs) > CLOCK_FAR_OFF_MS);
}

/** OpenSSL's words for bytes that are no TLS at all; what else it says is TLS that doesn't suit us. */
function tlsReason(error: unknown): LineReason {
  const text = error instanceof Error ? error.message : '';
  return /wrong.version.number|packet.length.too.long|http.request/i.test(text) ? 'not https' : 'tls';
}

function parserReason(error: unknown): LineReason {
  const raw = typeof error === 'object' && error !== null && 'rawPacket' in error ? error.rawPacket : undefined;
  return raw instanceof Uint8Array && raw[0] === TLS_ALERT ? 'https expected' : 'garbled';
}

/** The proxy answered, and made no tunnel. */
function tunnelReason(error: unknown): LineReason {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 407) return 'proxy sign-in';
  // It tried for us and did not get through.
  return status === 502 || status === 503 || status === 504 ? 'gateway' : 'proxy refused';
}

/** A name with several addresses fails with an AggregateError: its first says as much as any. */
function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string' && error.code !== '') {
    // Of several addresses, the one that was reached and refused says more than those that timed out.
    return error.code;
  }
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return systemCode(error.cause);
}
