/** What this build speaks. A desk says it in every request; central serves this version and the two before it. */
export const PROTOCOL_VERSION = 2;
export const OLDEST_SERVED_PROTOCOL_VERSION = 1;
