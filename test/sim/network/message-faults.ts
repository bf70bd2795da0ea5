/** What may befall one request and its answer. Drawn from the seed when the request leaves. */
import { DELAY_MS } from '../limits.ts';
import type { SeededRandom } from '../world/seeded-random.ts';

export const REQUEST_FAULTS = [
  'request lost',
  'request delayed',
  'request doubled',
  'request truncated',
  'request garbled',
  'reply lost',
  'reply delayed',
  'reply truncated',
  'reply garbled',
  'line broken after the commit',
  'foreign page',
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

export interface FaultPlan {
  fault: RequestFault;
  requestDelayMs?: number;
  secondDelayMs?: number;
  replyDelayMs?: number;
  spoilRequest?: (bytes: Buffer) => Buffer;
  spoilReply?: (bytes: Buffer) => Buffer;
}

export function faultOf(random: SeededRandom, fault: RequestFault): FaultPlan {
  // Drawn in any case, so that one fault's needs do not shift the choices after it.
  const delayMs = random.between(...DELAY_MS);
  const where = random.next();
  switch (fault) {
    case 'request delayed':
      return { fault, requestDelayMs: delayMs };
    case 'request doubled':
      return { fault, secondDelayMs: delayMs };
    case 'reply delayed':
      return { fault, replyDelayMs: delayMs };
    case 'request truncated':
      return { fault, spoilRequest: (bytes) => truncated(bytes, where) };
    case 'request garbled':
      return { fault, spoilRequest: (bytes) => garbled(bytes, where) };
    case 'reply truncated':
      return { fault, spoilReply: (bytes) => truncated(bytes, where) };
    case 'reply garbled':
      return { fault, spoilReply: (bytes) => garbled(bytes, where) };
    default:
      return { fault };
  }
}

function truncated(bytes: Buffer, where: number): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length * where));
}

/**
 * A stretch overwritten with bytes that no JSON has. A change that leaves valid JSON behind is not tried: checksums of
 * the transport find those, and what they let through is the digest's business.
 */
function garbled(bytes: Buffer, where: number): Buffer {
  const spoilt = Buffer.from(bytes);
  const at = Math.floor(bytes.length * where);
  spoilt.fill(0x01, at, Math.min(at + 16, bytes.length));
  return spoilt;
}
