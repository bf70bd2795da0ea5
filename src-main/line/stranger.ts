/** What an answer is that is none of central's: whose page it is says what to do. */
import type { LineReason } from '../../src-shared/protocol/line-reason.ts';

export interface StrangeAnswer {
  status: number;
  contentType: string;
  /** The beginning of the body, as text. */
  text: string;
}

export function strangerReason({ status, contentType, text }: StrangeAnswer): LineReason | `http ${number}` {
  if (status === 407) return 'proxy sign-in';
  if (status === 511) return 'network sign-in';
  if (status === 413) return 'too large';
  if (status === 502 || status === 503 || status === 504) return 'gateway';
  if (status >= 300 && status < 400) return 'redirected';
  if (status === 400 && /plain HTTP request|HTTP request to an HTTPS/i.test(text)) return 'https expected';
  if (status >= 200 && status < 300) {
    if (isPage(contentType, text)) return 'network sign-in';
    return contentType.startsWith('application/json') && !isJson(text) ? 'garbled' : 'not our server';
  }
  return `http ${status}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A page for people where an answer for programs was due. */
function isPage(contentType: string, text: string): boolean {
  return contentType.startsWith('text/html') || /^\s*<(!doctype|html|head|meta|script)/i.test(text);
}
