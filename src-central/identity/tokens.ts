/** Secrets that central gives out. It keeps their SHA-256 alone: a copy of its tables opens nothing. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { ENROLMENT_CODE_LENGTH } from '../limits.ts';

/** Without the letters and digits that are taken for one another when read out over the telephone. */
const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** A code to be typed, in groups of five. */
export function newEnrolmentCode(): string {
  let code = '';
  for (let index = 0; index < ENROLMENT_CODE_LENGTH; index += 1) {
    if (index > 0 && index % 5 === 0) code += '-';
    code += CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length));
  }
  return code;
}

/** Spaces, hyphens and case don't matter. */
export function enrolmentCodeHash(code: string): Buffer {
  return secretHash(code.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\w-]{20,200})$/.exec(header ?? '')?.[1];
}
