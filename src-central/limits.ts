/** Every bound, delay and size of central itself; those of the protocol are in src-shared/protocol/limits.ts. */

/** Answers of at least this many bytes are compressed. */
export const COMPRESS_FROM_BYTES = 1_024;

/** How long a person's sign-in on a desk may sign mutations, also offline. */
export const DESK_SESSION_MS = 14 * 24 * 3_600_000;
/** How long a sign-in on central's own API lasts. */
export const API_SESSION_MS = 12 * 3_600_000;

export const ENROLMENT_TTL_MAX_MINUTES = 7 * 24 * 60;
export const ENROLMENT_CODE_LENGTH = 10;

/** argon2id as RFC 9106 and OWASP advise for interactive sign-in: 19 MiB, two passes. */
export const PASSWORD_MEMORY_KIB = 19_456;
export const PASSWORD_PASSES = 2;
export const MIN_PASSWORD_LENGTH = 8;

/** Rows of one read of the feed; a page is made of several. */
export const PULL_CHUNK_CHANGES = 1_000;
/** A page ends at the first transaction's end past this many bytes. */
export const PULL_PAGE_BYTES = 4_000_000;

/** How often the gate is looked at while a commit waits behind it, and while nothing is known to. */
export const WATCH_BUSY_MS = 20;
export const WATCH_IDLE_MS = 250;
/** A commit that is still behind the gate after this long is looked for at the idle pace. */
export const WATCH_BUSY_FOR_MS = 10_000;

/** A poke stream checks this often that its device has not been revoked through another node. */
export const TOKEN_RECHECK_MS = 30_000;
/** `last_seen_at` is written at most this often for each device. */
export const LAST_SEEN_EVERY_MS = 60_000;

/** Session keys kept parsed. */
export const SESSION_KEY_CACHE = 1_000;

/** Products that a node remembers between batches, with their list prices: about a kilobyte each. */
export const CATALOGUE_MEMORY_PRODUCTS = 50_000;

/** Rows that the digest's check reads at a time. */
export const DIGEST_PAGE_ROWS = 1_000;
/** Keys that a found difference names, per table. */
export const DIGEST_NAMED_KEYS = 20;

/** How long a stopping central waits for requests under way. */
export const DRAIN_MS = 10_000;

/** Desks whose scopes are set in one transaction: a turn of the month makes two changes for each. */
export const GRANT_DEVICES_AT_A_TIME = 100;
/** How often the scopes of all desks are looked at: the turn of a month is noticed within this. */
export const GRANTS_EVERY_MS = 3_600_000;

/** Most months of orders that a branch's desks can be made to keep; the table's own check says the same. */
export const MAX_ORDER_MONTHS = 120;
