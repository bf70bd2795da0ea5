/**
 * The permanent number of an order, which a desk gives by itself, also offline:
 *
 *     PD-7K-000123-Q4
 *     │  │  │      └ two check characters, ISO/IEC 7064 MOD 1271-36 over all the letters and digits before them
 *     │  │  └ running number of this incarnation of the desk file, at least six digits
 *     │  └ incarnation code, given out by central once and never again
 *     └ branch code
 *
 * Unique for ever because central never gives an incarnation code twice and a desk file never a running number.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const RADIX = 36;
const MODULUS = 1_271;

/** The shape of one, as a regular expression that PostgreSQL reads alike; check characters are not looked at. */
export const ORDER_NUMBER_SHAPE = String.raw`^([A-Z][A-Z0-9]{1,3})-([A-Z0-9]{2,8})-(\d{6,12})-([A-Z0-9]{2})$`;
const SHAPE = new RegExp(ORDER_NUMBER_SHAPE);

export interface OrderNumberParts {
  branchCode: string;
  incarnationCode: string;
  running: number;
}

export function formatOrderNumber({ branchCode, incarnationCode, running }: OrderNumberParts): string {
  if (!Number.isSafeInteger(running) || running < 1) throw new RangeError(`order number: running ${running}`);
  const stem = `${branchCode}-${incarnationCode}-${String(running).padStart(6, '0')}`;
  const number = `${stem}-${checkCharacters(stem)}`;
  if (!SHAPE.test(number)) throw new RangeError(`order number: "${number}" has not the shape of one`);
  return number;
}

/** The parts of a well-formed number with a right check character, else `undefined`. */
export function parseOrderNumber(text: string): OrderNumberParts | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, branchCode = '', incarnationCode = '', running = '', check] = match;
  if (checkCharacters(`${branchCode}-${incarnationCode}-${running}`) !== check) return undefined;
  return { branchCode, incarnationCode, running: Number(running) };
}

/**
 * ISO/IEC 7064, pure system MOD 1271-36: finds every single wrong character and every swap of two. The one-character
 * hybrid MOD 37,36 misses some swaps of digits, and the pure MOD 37-2 needs a `*`, which nobody likes to spell.
 */
function checkCharacters(stem: string): string {
  let remainder = 0;
  for (const character of stem) {
    if (character === '-') continue;
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError(`order number: character "${character}"`);
    remainder = (remainder * RADIX + value) % MODULUS;
  }
  const check = (MODULUS + 1 - ((remainder * RADIX * RADIX) % MODULUS)) % MODULUS;
  return (ALPHABET[Math.trunc(check / RADIX)] ?? '') + (ALPHABET[check % RADIX] ?? '');
}

/**
 * The n-th incarnation code (n from 0): base 36, at least two characters, so that the first desks have short numbers.
 */
export function incarnationCodeOf(n: number): string {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`incarnation code: ${n}`);
  return (n + RADIX).toString(RADIX).toUpperCase();
}

/** The n of a code that `incarnationCodeOf` made; undefined for what is none. */
export function incarnationNumberOf(code: string): number | undefined {
  if (!/^[A-Z0-9]{2,8}$/.test(code)) return undefined;
  const n = parseInt(code, RADIX) - RADIX;
  return n >= 0 && incarnationCodeOf(n) === code ? n : undefined;
}
