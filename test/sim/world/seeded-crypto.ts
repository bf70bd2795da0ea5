/**
 * Node's cryptography with the seed for its randomness, and without its thread pool: what would be done elsewhere and
 * come back in any order is done in place, and its callback runs on the next tick. Signatures, hashes and keys are the
 * real ones; only the cost of a password's hash is left out, for a simulation has nothing to guard.
 */
import crypto, { type KeyObject } from 'node:crypto';

type Callback = (error: Error | null, value?: unknown) => void;
type AnyFunction = (...given: never[]) => unknown;

/** A private Ed25519 key's DER is this and its 32 bytes (RFC 8410). */
const ED25519_PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `bytes`: the seed's, while a simulation runs; `undefined` for the machine's own. Once in a process;
 * `syncBuiltinESMExports` makes it known to importers. */
export function seedCrypto(bytes: () => ((count: number) => Uint8Array) | undefined): void {
  const own = { ...crypto };
  const random = (count: number): Buffer => {
    const seeded = bytes();
    return seeded ? Buffer.from(seeded(count)) : own.randomBytes(count);
  };
  replace('randomBytes', (count: number, callback?: Callback) => inPlace(() => random(count), callback));
  replace('randomUUID', () => uuidOf(random(16)));
  replace('randomInt', (...given: (number | Callback)[]) => randomInt(random, given));
  replace('randomFillSync', (into: Uint8Array) => {
    into.set(random(into.byteLength));
    return into;
  });
  replace('generateKeyPairSync', (type: string, options?: object) => {
    if (type !== 'ed25519' || options) throw new Error(`the simulation makes no ${type} keys`);
    return keyPairOf(random(32));
  });
  for (const name of ['sign', 'verify'] as const) {
    const inThePool = own[name] as (...given: unknown[]) => unknown;
    replace(name, (...given: unknown[]) => {
      const callback = typeof given.at(-1) === 'function' ? (given.pop() as Callback) : undefined;
      return inPlace(() => inThePool(...given), callback);
    });
  }
  replace('argon2', (_: string, of: PasswordParameters, callback: Callback) => {
    inPlace(
      () => own.hkdfSync('sha256', of.message, of.nonce, '', of.tagLength),
      (error, tag) => callback(error, tag && Buffer.from(tag as ArrayBuffer)),
    );
  });
}

interface PasswordParameters {
  message: Uint8Array;
  nonce: Uint8Array;
  tagLength: number;
}

function replace(name: string, by: AnyFunction): void {
  Object.defineProperty(crypto, name, { value: by, configurable: true, writable: true, enumerable: true });
}

function inPlace(work: () => unknown, callback: Callback | undefined): unknown {
  if (!callback) return work();
  try {
    const value = work();
    process.nextTick(callback, null, value);
  } catch (error) {
    process.nextTick(callback, error);
  }
  return undefined;
}

function uuidOf(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function randomInt(random: (count: number) => Buffer, given: (number | Callback)[]): unknown {
  const callback = typeof given.at(-1) === 'function' ? (given.pop() as Callback) : undefined;
  const [first = 0, second] = given as number[];
  const [low, high] = second === undefined ? [0, first] : [first, second];
  return inPlace(() => low + (random(6).readUIntBE(0, 6) % (high - low)), callback);
}

function keyPairOf(seed: Buffer): { publicKey: KeyObject; privateKey: KeyObject } {
  const der = Buffer.concat([ED25519_PKCS8_HEAD, seed]);
  const privateKey = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}
