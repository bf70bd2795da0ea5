/** Bounds of the audit trail. */

/** How often what has come is sealed. */
export const SEAL_EVERY_MS = 300_000;
/** One seal's entries at most: their hashes are put together in one text. */
export const SEAL_MOST_ENTRIES = 50_000;
/** How long a seal waits for writers, and others behind it for the seal. */
export const SEAL_LOCK_MS = 200;

/** Entries of one page of the trail. */
export const AUDIT_PAGE = 100;
