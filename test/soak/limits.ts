/** Bounds of the soak. Milliseconds unless they say otherwise. */

/** After everything is well again, all that waits has to settle by itself within this. A busy machine has some of it. */
export const DRAIN_WITHIN_MS = 120_000;
/** Between two moments at which everything is made well and checked. */
export const ROUND_MS = 30_000;
/** Between two troubles: up to this long. They overlap, for most last longer. */
export const TROUBLE_EVERY_MS = 1_200;
/** How long a trouble lasts: from the first to the second. */
export const TROUBLE_SHORTEST_MS = 300;
export const TROUBLE_LONGEST_MS = 9_000;
/** Between two acts of one desk's people: up to this long. */
export const ACT_EVERY_MS = 250;
/** A desk that does not answer its own people by then counts as not having acknowledged. */
export const ACT_DEADLINE_MS = 20_000;
/** Enough of everything for hours, in thousandths; and of one product so little that people quarrel over it. */
export const PLENTY = 2_000_000_000;
export const SCARCE = 60_000;
/** A program that does not come up is started again this often, for so long. */
export const START_EVERY_MS = 500;
export const START_WITHIN_MS = 90_000;
