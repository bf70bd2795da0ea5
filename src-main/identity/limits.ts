/** Bounds of what this desk says of itself. */

/** From when the seconds of the running numbers of a doubtful file are counted: 2020-01-01, UTC. */
export const OFFLINE_NUMBERS_SINCE_MS = 1_577_836_800_000;
/** Running numbers that a doubtful file has for each second. With them a number has twelve digits until 2051. */
export const OFFLINE_NUMBERS_STEPS = 1_000;
