/** What this build speaks. A desk says it in every request; central serves this version and the two before it. */
export const PROTOCOL_VERSION = 3;
export const OLDEST_SERVED_PROTOCOL_VERSION = 1;

/** Of the versions that a central says it serves: whether it is central that has to be updated, and not this desk. */
export function isCentralOlder(served: readonly number[]): boolean {
  return served.length > 0 && served.every((version) => version < PROTOCOL_VERSION);
}
