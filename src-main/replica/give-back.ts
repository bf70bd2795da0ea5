/** Megabytes that nobody reads any more go back at once, and not when the collector finds them among little else. */
export function giveBack(buffer: ArrayBufferLike): void {
  const owned = buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
  // Small ones are parts of Node's pool, which others read from.
  if (owned.byteLength > Buffer.poolSize) owned.transfer?.(0);
}
