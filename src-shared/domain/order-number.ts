/**
 * The permanent number of an order, which a desk gives by itself, also offline:
 *
 *     PD-7K-000123-Q
 *     │  │  │      └ check character, ISO/IEC 7064 MOD 37,36 over all the letters and digits before it
 *     │  │  └ running number of this incarnation of the desk file, at least six digits
 *     │  └ incarnation code, given out by central once and never again
 *     └ branch code
 *
 * Unique for ever because central never gives an incarnation code twice and a desk file never a running number.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MODULUS = 36;

const SHAPE = /^([A-Z][A-Z0-9]{1,3})-([A-Z0-9]{2,8})-(\d{6,12})-([A-Z0-9])$/;

export interface OrderNumberParts {
  branchCode: string;
  incarnationCode: string;
  running: number;
}

export function formatOrderNumber({ branchCode, incarnationCode, running }: OrderNumberParts): string {
  if (!Number.isSafeInteger(running) || running < 1) throw new RangeError(`order number: running ${running}`);
  const stem = `${branchCode}-${incarnationCode}-${String(running).padStart(6, '0')}`;
  const number = `${stem}-${checkCharacter(stem)}`;
  if (!SHAPE.test(number)) throw new RangeError(`order number: "${number}" has not the shape of one`);
  return number;
}

/** The parts of a well-formed number with a right check character, else `undefined`. */
export function parseOrderNumber(text: string): OrderNumberParts | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [, branchCode = '', incarnationCode = '', running = '', check] = match;
  if (checkCharacter(`${branchCode}-${incarnationCode}-${running}`) !== check) return undefined;
  return { branchCode, incarnationCode, running: Number(running) };
}

/** ISO/IEC 7064 hybrid system MOD 37,36: finds every single wrong character and nearly every swap of two. */
function checkCharacter(stem: string): string {
  let product = MODULUS;
  for (const character of stem) {
    if (character === '-') continue;
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError(`order number: character "${character}"`);
    const sum = (product + value) % MODULUS || MODULUS;
    product = (sum * 2) % (MODULUS + 1);
  }
  return ALPHABET[(MODULUS + 1 - product) % MODULUS] ?? '';
}

/**
 * The n-th incarnation code (n from 0): base 36, at least two characters, so that the first desks have short numbers.
 */
export function incarnationCodeOf(n: number): string {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`incarnation code: ${n}`);
  return (n + MODULUS).toString(MODULUS).toUpperCase();
}
