/**
 * The key that makes receipts outlive the database they are in. It is kept outside of it, in a file that only central's
 * owner may read: a database that was set back must not be able to forget it, nor a copy of it to sign.
 *
 * A house that loses this file with its database can still restore; what desks bring back is then unproven, and waits
 * for the file.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

// In the thread pool: a page of receipts must not hold up the requests of other desks.
const signText = promisify<null, NodeJS.ArrayBufferView, KeyObject, Buffer>(sign);
const verifyText = promisify<null, NodeJS.ArrayBufferView, KeyObject, NodeJS.ArrayBufferView, boolean>(verify);

export interface ReceiptKey {
  /** Base64; the same for the same text. */
  sign(text: string): Promise<string>;
  verify(text: string, signature: string): Promise<boolean>;
}

/** Its message is for people. */
export class ReceiptKeyError extends Error {}

export function receiptKeyOf(privateKey: KeyObject): ReceiptKey {
  const publicKey = createPublicKey(privateKey);
  return {
    sign: async (text) => (await signText(null, Buffer.from(text, 'utf8'), privateKey)).toString('base64'),
    verify: (text, signature) =>
      verifyText(null, Buffer.from(text, 'utf8'), publicKey, Buffer.from(signature, 'base64')),
  };
}

export function newReceiptKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/**
 * The key in a file; made, with its folder, where there is none.
 *
 * @throws ReceiptKeyError when the file holds something else.
 */
export async function openReceiptKey(file: string): Promise<ReceiptKey> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true, mode: 0o711 });
  const pem = newReceiptKey().export({ type: 'pkcs8', format: 'pem' }).toString();
  // Exclusive: of two nodes that start at once, one makes it and both use it.
  await writeFile(file, pem, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw cannot(file, error.message, error);
  });
  await chmod(file, 0o600).catch(() => undefined);
  try {
    const key = createPrivateKey(await readFile(file, 'utf8'));
    if (key.asymmetricKeyType === 'ed25519') return receiptKeyOf(key);
  } catch (error) {
    throw cannot(file, error instanceof Error ? error.message : String(error), error);
  }
  throw cannot(file, 'it is not an Ed25519 key');
}

function cannot(file: string, why: string, cause?: unknown): ReceiptKeyError {
  return new ReceiptKeyError(
    `The key for receipts in ${file} can't be used: ${why}. Put the right file back, or name it with --receipt-key.`,
    { cause },
  );
}
