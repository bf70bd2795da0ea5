/** Bounds of the replica. */

/** Rows of a scope that was taken away which are removed in one transaction. Rows. */
export const LEAVING_SLICE_ROWS = 500;
