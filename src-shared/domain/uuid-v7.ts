/**
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix time in milliseconds, then 74 random bits, so that ids made
 * one after another sort together in an index.
 *
 * @param nowMs  Unix time in milliseconds, 0 to 2^48 - 1. A hint only: nothing is ordered by it.
 * @param random 10 random bytes.
 */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) throw new RangeError(`uuidV7: time ${nowMs}`);
  if (random.length !== 10) throw new RangeError(`uuidV7: ${random.length} random bytes, 10 wanted`);
  const time = nowMs.toString(16).padStart(12, '0');
  const byte = (index: number): number => random[index] ?? 0;
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const versioned = hex(0x70 | (byte(0) & 0x0f)) + hex(byte(1));
  const variant = hex(0x80 | (byte(2) & 0x3f)) + hex(byte(3));
  let tail = '';
  for (let index = 4; index < 10; index += 1) tail += hex(byte(index));
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${variant}-${tail}`;
}
