/**
 * What makes a row of the outbox or the journal count, wherever it was found: a body whose hash or signature is right
 * and which says the id that it goes by. All that the body says is then read from it, and not from the row.
 */
import { createHash, createPrivateKey, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { mutationBody, type MutationBody } from '../../src-shared/protocol/mutation.ts';
import { bodySigner } from '../identity/signing-key.ts';
import type { OwnMutation } from './own-rows.ts';

/** A row as it was found: any of it may be wrong. */
export type FoundRow = Pick<
  OwnMutation,
  'seq' | 'body' | 'bodyHash' | 'signature' | 'answer' | 'effect' | 'state' | 'reason' | 'attempts'
>;

/** What speaks for one person's sign-in. */
export interface SessionKey {
  publicKey: KeyObject;
  sign: (body: string) => { signature: string };
}

export type SessionKeys = ReadonlyMap<string, SessionKey>;

/** Undefined for what is no key: it, too, may have been garbled. */
export function readKey(privateKey: string): SessionKey | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
    return { publicKey: createPublicKey(key), sign: bodySigner(privateKey) };
  } catch {
    return undefined;
  }
}

export function readKeys(sessions: readonly { session_id: string; private_key: string }[]): Map<string, SessionKey> {
  const keys = new Map<string, SessionKey>();
  for (const { session_id, private_key } of sessions) {
    const key = readKey(private_key);
    if (key) keys.set(session_id, key);
  }
  return keys;
}

/** @param keys those that are sure to be whole. */
export function provenMutation(found: FoundRow, keys: SessionKeys): OwnMutation | undefined {
  const body = readBody(found.body);
  if (!body) return undefined;
  const key = keys.get(body.sessionId);
  const bodyHash = createHash('sha256').update(found.body).digest('hex');
  const isSigned = key !== undefined && isSignedBy(found, key);
  if (bodyHash !== found.bodyHash && !isSigned) return undefined;
  return {
    ...found,
    mutationId: body.id,
    lane: body.lane,
    name: body.name,
    bodyHash,
    // Ed25519 signs the same text in the same way: a garbled signature is made again to the byte.
    signature: isSigned || key === undefined ? found.signature : key.sign(found.body).signature,
    dependsOn: JSON.stringify(body.dependsOn),
    answer: isJson(found.answer) ? found.answer : null,
    effect: isJson(found.effect) ? found.effect : null,
    madeAt: body.madeAt,
  };
}

/** Whether a key fits a row: then neither of the two is garbled. */
export function isSignedBy({ body, signature }: FoundRow, { publicKey }: SessionKey): boolean {
  return verify(undefined, Buffer.from(body, 'utf8'), publicKey, Buffer.from(signature, 'base64'));
}

function readBody(text: string): MutationBody | undefined {
  try {
    const read = mutationBody.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

function isJson(text: string | null): boolean {
  if (text === null) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
