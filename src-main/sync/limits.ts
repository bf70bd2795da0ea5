/** Bounds of the sync loop that central need not know. All in milliseconds unless they say otherwise. */

/** Until central has begun to answer the request for the poke stream. */
export const POKE_OPEN_DEADLINE_MS = 5_000;
/** The longest wait between two attempts to open the poke stream: that attempt is the probe for the line's return. */
export const PROBE_LAST_MS = 3_000;
/** The line's return makes everything be tried at once, but not more often than this. */
export const LINE_BACK_GAP_MS = 2_000;
/** Between attempts when central answers but won't serve this desk: only a person at central can change that. */
export const BLOCKED_RETRY_MS = 30_000;
/** While something waits for a receipt, the outbox is looked at this often, also when nobody wakes the loop. */
export const OUTBOX_CHECK_MS = 3_000;
/** How often the watchdog looks, and how long one step of a runner may take before it is called stuck. */
export const WATCHDOG_INTERVAL_MS = 5_000;
export const STEP_STALL_MS = 90_000;
/** How long a stop waits for the step that runs. Its request is called off, so it ends at once, or never. */
export const STOP_WAIT_MS = 2_000;
/** How late a planned step may be before the watchdog starts it. */
export const TIMER_GRACE_MS = 10_000;
/** Longest line of the poke stream. Bytes. */
export const MAX_POKE_LINE_LENGTH = 10_000;
/** A measurement of central's clock this old gives way to any newer one. */
export const CLOCK_SAMPLE_AGE_MS = 300_000;
/** How long a person may hold sending back once something could be sent. */
export const HOLD_BACK_MS = 900_000;
/** What waits longer than this is worth a look before it goes: prices and stock have moved on meanwhile. */
export const REVIEW_OFFERED_AFTER_MS = 3_600_000;
/** What central could not read is offered again this often: it may have been updated, or mended. */
export const REOFFER_EVERY_MS = 1_800_000;
/** How often a chunk whose bytes are not central's is asked for again at once. */
export const CHUNK_ATTEMPTS = 3;
/** Chunks that are on their way or wait while one is written: one to be parsed, one to come. Each of megabytes. */
export const CHUNKS_AHEAD = 2;
/** How long one step of a fill goes on: shorter than what is called stuck, long enough to keep the line busy. */
export const FILL_STEP_MS = 20_000;
/** How often it is looked whether something has to be filled that nobody said so of. */
export const FILL_CHECK_MS = 30_000;
/** How often it is looked whether whoever works here has paused, so that the search index can be merged. */
export const MERGE_CHECK_MS = 300;

/**
 * Batches of a long queue that are on their way at once. Central settles four of those that wait together; the rest is
 * what it goes on with while this desk takes a page in.
 */
export const PUSHES_AHEAD = 12;
/** How long one step of sending a long queue goes on, before it is looked whether something else is due. */
export const PUSH_STEP_MS = 10_000;
/** Between two pulls while a long queue is being sent. */
export const PULLS_APART_MS = 1_000;
/** How long a poke may be later than the answer of the push that it follows. */
export const RECEIPT_GRACE_MS = 250;

/** A batch of a push to begin with and the smallest; bytes before they are packed. */
export const PUSH_FIRST_BYTES = 256_000;
export const PUSH_LEAST_BYTES = 16_000;
/** A page of a pull likewise. */
export const PAGE_FIRST_BYTES = 500_000;
export const PAGE_LEAST_BYTES = 32_000;
/** Beyond the quickest one, a piece that took less makes the next one larger, one that took more makes it smaller. */
export const GROW_UNDER_MS = 1_500;
export const SHRINK_OVER_MS = 6_000;
/** With each piece, the quickest one counts for so much less. A part of the difference. */
export const QUICKEST_DRIFT = 0.05;

/** Fewer rows than this are compared one by one at once; more are narrowed down by buckets first. Rows. */
export const NARROW_AT_ONCE_ROWS = 2_000;
/** More faulty rows of one kind than this are not mended one by one: the scope fills anew. Rows. */
export const MEND_MOST_ROWS = 1_000;
/** Attempts to write a group of rows while the cursor stands still, and comparisons until all is right. */
export const MEND_ATTEMPTS = 5;
export const MEND_ROUNDS = 3;
/** How often it is looked whether a verification is due, and how long after one the next may be. */
export const VERIFY_LOOK_MS = 60_000;
export const VERIFY_EVERY_MS = 20 * 3_600_000;
/** The branch's hours in which it is verified at night; over how long the desks of a house spread it. */
export const VERIFY_FROM_HOUR = 1;
export const VERIFY_TO_HOUR = 5;
export const VERIFY_SPREAD_MS = 2 * 3_600_000;
/** A large replica takes its time; only past this is a verification called stuck. */
export const VERIFY_STALL_MS = 3_600_000;
/**
 * Pull though nobody poked, while the poke stream lives: a poke comes before the heartbeats after it, or not at all.
 * Where there is no stream it is the protocol's SLOW_POLL_MS.
 */
export const QUIET_POLL_MS = 300_000;
/** How long central may owe receipts, on line, before that is a stall with a name. */
export const RECEIPT_STALL_MS = 120_000;
