/** From what arrived to a mutation that can be judged. Whatever is wrong with one is an outcome of that one alone. */
import { hash } from 'node:crypto';
import { mutationId } from '../../src-shared/domain/ids.ts';
import { readIntent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import {
  mutationBody,
  pushedMutation,
  type MutationBody,
  type PushedMutation,
} from '../../src-shared/protocol/mutation.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';

export interface ReadMutation {
  pushed: PushedMutation;
  body: MutationBody;
}

export type Reading = { ok: true; read: ReadMutation } | { ok: false; outcome: PushOutcome | undefined };

/**
 * Checks the hash and reads the body. `outcome` is undefined for something without so much as an id, which can't be
 * answered.
 */
export function readPushed(element: unknown): Reading {
  const parsed = pushedMutation.safeParse(element);
  if (!parsed.success) return { ok: false, outcome: unreadableElement(element) };
  const pushed = parsed.data;
  const { id } = pushed;
  if (hash('sha256', pushed.body) !== pushed.bodyHash) {
    return { ok: false, outcome: { id, outcome: 'unauthentic', reason: 'hash' } };
  }
  const body = readBody(pushed.body);
  if (typeof body === 'string') return { ok: false, outcome: { id, outcome: 'unreadable', reason: body } };
  if (body.id !== id) return { ok: false, outcome: { id, outcome: 'unauthentic', reason: 'id' } };
  return { ok: true, read: { pushed, body } };
}

function unreadableElement(element: unknown): PushOutcome | undefined {
  const id = mutationId.safeParse((element as { id?: unknown } | null)?.id);
  return id.success ? { id: id.data, outcome: 'unreadable', reason: 'envelope' } : undefined;
}

/** The body, or why there is none. */
function readBody(text: string): MutationBody | 'json' | 'body' | 'text' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'json';
  }
  const parsed = mutationBody.safeParse(value);
  if (!parsed.success) return 'body';
  return hasUnstorableText(text, value) ? 'text' : parsed.data;
}

/** NUL and half a surrogate pair, which PostgreSQL can't keep; replacing them would be a silent correction. */
function hasUnstorableText(text: string, value: unknown): boolean {
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return false;
  const check = (part: unknown): boolean => {
    if (typeof part === 'string') return /\0|\p{Surrogate}/u.test(part);
    if (typeof part !== 'object' || part === null) return false;
    return Object.entries(part).some(([key, inner]) => check(key) || check(inner));
  };
  return check(value);
}

export type IntentReading = { ok: true; intent: MutationIntent } | { ok: false; outcome: PushOutcome };

export function readMutationIntent({ body }: ReadMutation): IntentReading {
  const { id } = body;
  const read = readIntent(body.name, body.schemaVersion, body.args);
  if (!read.ok) return { ok: false, outcome: { id, outcome: 'unreadable', reason: read.reason } };
  // What is judged one after another is what the lane says; a false one would slip past its neighbours.
  if (body.lane !== `order:${read.intent.args.orderId}`) {
    return { ok: false, outcome: { id, outcome: 'unreadable', reason: 'lane' } };
  }
  return { ok: true, intent: read.intent };
}
