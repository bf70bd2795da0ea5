/** Bounds of the replica. */

/** Rows of a scope that was taken away which are removed in one transaction. Rows. */
export const LEAVING_SLICE_ROWS = 500;

/**
 * Changes that are kept until they can be shown together: all are taken in by one transaction, which somebody's order
 * waits for. A desk that has missed more fills anew. Changes.
 */
export const STAGED_MOST_CHANGES = 20_000;

/** Rows whose search entries are read at a time, and words of the index. Rows; words. */
export const SEARCH_SLICE_ROWS = 500;
export const SEARCH_SLICE_WORDS = 5_000;

/** Alarms that are kept; the oldest acknowledged ones go first. */
export const ALARMS_KEPT = 200;
