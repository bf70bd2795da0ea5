/** Ed25519 keys, as they are kept and as they speak. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

export interface KeyPair {
  /** Base64 of the SubjectPublicKeyInfo (DER): what central is told. */
  publicKey: string;
  /** Base64 of the PKCS #8 (DER): never leaves this machine. */
  privateKey: string;
}

export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  };
}

/** The public half of a kept key, as central is told it. */
export function publicKeyOf(privateKey: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
}

/** SHA-256 (hex) of the text's UTF-8 bytes and the key's signature over them (base64). */
export function bodySigner(privateKey: string): (body: string) => { bodyHash: string; signature: string } {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
  return (body) => {
    const bytes = Buffer.from(body, 'utf8');
    return {
      bodyHash: createHash('sha256').update(bytes).digest('hex'),
      // Ed25519 hashes by itself: no digest is named.
      signature: sign(undefined, bytes, key).toString('base64'),
    };
  };
}
