/** Passwords: argon2id, stored with parameters and salt in the PHC string format, so that they can grow later. */
import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { PASSWORD_MEMORY_KIB, PASSWORD_PASSES } from '../limits.ts';

const TAG_BYTES = 32;
const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce: salt,
    parallelism: 1,
    tagLength: TAG_BYTES,
    memory: PASSWORD_MEMORY_KIB,
    passes: PASSWORD_PASSES,
  });
  const settings = `m=${PASSWORD_MEMORY_KIB},t=${PASSWORD_PASSES},p=1`;
  return `$argon2id$v=19$${settings}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** @throws when the stored text is not one that hashPassword made: that is a fault, not a wrong password. */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored);
  if (!parts) throw new Error('a stored password is not in the form that this version reads');
  const [, memory, passes, parallelism, salt = '', expected = ''] = parts;
  const known = Buffer.from(expected, 'base64');
  const tag = await derive('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce: Buffer.from(salt, 'base64'),
    parallelism: Number(parallelism),
    tagLength: known.length,
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(tag, known);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
