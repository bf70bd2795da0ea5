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
/** A page of fewer changes is read by one statement. */
export const SMALL_PAGE_CHANGES = 200;

/** How often the gate is looked at while a commit waits behind it, and while nothing is known to. */
export const WATCH_BUSY_MS = 5;
export const WATCH_IDLE_MS = 250;
/** A commit that is still behind the gate after this long is looked for at the idle pace. */
export const WATCH_BUSY_FOR_MS = 10_000;

/** A poke stream checks this often that its device has not been revoked through another node. */
export const TOKEN_RECHECK_MS = 30_000;
/** `last_seen_at` is written at most this often for each device. */
export const LAST_SEEN_EVERY_MS = 60_000;

/** Session keys kept parsed. */
export const SESSION_KEY_CACHE = 1_000;

/** Mutations of one desk's pushes that are settled in one transaction, and come down in one page. */
export const GATHERED_MUTATIONS = 200;

/** So many of them are written at a time, while the next are judged. */
export const SLICE_MUTATIONS = 50;

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

/** How often changes are folded into the digests, and how far that lags behind: honest desks are past the base by then. */
export const FOLD_EVERY_MS = 60_000;
export const FOLD_LAG_MS = 600_000;
/** Changes that are folded at a time, a transaction's rest added. */
export const FOLD_CHANGES = 20_000;

/** How often the feed is compacted. */
export const COMPACT_EVERY_MS = 600_000;
/** Superseded changes stay this long, removes until the horizon, unless central is told otherwise. Days. */
export const RETENTION_DAYS = 7;
export const HORIZON_DAYS = 90;
export const MAX_HORIZON_DAYS = 3_650;
/** Changes that one transaction of the compaction looks at, a transaction's rest added. */
export const COMPACT_SLICE_CHANGES = 500;
/** A pin that nobody touched for so long holds compaction up no more. */
export const PIN_EXPIRY_MS = 3_600_000;
/** A desk's position is written down at most this often. */
export const CURSOR_NOTED_EVERY_MS = 60_000;
/** How long compaction, and the horizon, wait for a desk of protocol 1 that is not seen. Days. */
export const UNSTAGED_WAIT_DAYS = 30;
export const V1_HORIZON_DAYS = 400;
/** What a desk of protocol 1 is sent at once, so that it shows no half of a compacted stretch. Bytes. */
export const V1_WHOLE_PAGE_BYTES = 32_000_000;

/** Jobs: how often it is looked whether one is due, how long one may take before it is called off. */
export const JOB_LOOK_MS = 15_000;
export const JOB_DEADLINE_MS = 600_000;
/** How long a stopping central waits for a job to notice. */
export const JOB_STOP_WAIT_MS = 5_000;
/** The nightly jobs' hours, by central's own clock, first and last. */
export const NIGHT_HOURS: readonly [number, number] = [1, 5];
/** The check of all scopes against the tables. */
export const CHECK_EVERY_MS = 20 * 3_600_000;
export const CHECK_DEADLINE_MS = 4 * 3_600_000;
/** Rows that the check reads for one request of a desk; the rest is the nightly check's. */
export const VERIFY_MAX_ROWS = 200_000;

/** How often it is looked whether somebody holds the gate shut, and from when on that is told to whom. */
export const STALL_LOOK_MS = 1_000;
export const STALL_NOTICE_MS = 3_000;
export const STALL_ALARM_MS = 10_000;
/** Of a statement that holds the gate, in the log and in alarms. Characters. */
export const STALL_QUERY_LENGTH = 300;

/** For how long the digest of a desk of an earlier protocol is worked at; less than the desk waits for. */
export const OLDER_DIGEST_MS = 8_000;
/** Rows that one answer of the narrowing names at most. */
export const DIGEST_ROWS_MAX = 10_000;
/** Alarms in one page of the list. */
export const ALARM_PAGE = 200;

/**
 * In a new epoch the codes of incarnations go on at the tenths of a second since 2026: two epochs that begin from one
 * backup know nothing of each other, and what the first gave out must not be given again. Six characters until 2032.
 */
export const INCARNATIONS_COUNT_FROM_MS = Date.UTC(2026, 0, 1);
export const INCARNATION_EVERY_MS = 100;
/** Codes that are skipped where the clock says less than has been given out. */
export const EPOCH_INCARNATION_JUMP = 10_000;
/** Positions of receipts that a new epoch skips, so that those of two lives of the database are told apart. */
export const EPOCH_POSITION_JUMP = 1_000_000;
/** Changes in one transaction of a feed that is written anew. */
export const FEED_REBUILD_TRANSACTION_CHANGES = 4_000;
/** Transaction ids that PostgreSQL may have given out and, after a crash, not remember: those of its last 200 ms. */
export const CRASH_LOST_TRANSACTIONS = 10_000;

/** The longest that stock may be set aside for a desk at once. */
export const MAX_LEASE_HOURS = 24 * 31;
/** Settled mutations that are laid on the rows in one transaction when desks bring them back. */
export const RETURNING_BATCH = 50;
/** Lanes of them that are read at a time where all that waits is looked at, and how often it is. */
export const RETURNING_LANES = 500;
export const RETURNS_EVERY_MS = 60_000;
/** How often a node looks how far the database's log has come, and how often it writes that down outside of it. */
export const WITNESS_MS = 500;
export const WITNESS_WRITE_MS = 10_000;
