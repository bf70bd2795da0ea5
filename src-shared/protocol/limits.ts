/** Every bound of the protocol in one place: both sides assert them, docs/protocol.md explains them. */

/** Mutations in one push. */
export const MAX_PUSH_MUTATIONS = 50;
/** Bytes of one push's body. 50 orders of 2,000 lines would be more: the desk also cuts by bytes. */
export const MAX_PUSH_BYTES = 8_000_000;
/** Mutations in one dry run, in as many bytes as a push: the later are judged on the earlier, so it is not cut up. */
export const MAX_DRY_RUN_MUTATIONS = 500;
/** Bytes of one mutation's body: an order of 20,000 lines, which the rules then refuse in words, still fits. */
export const MAX_MUTATION_BYTES = 4_000_000;
/**
 * Changes that one transaction of central may make; larger work is cut into several. One amendment of a longest order
 * to wholly other products needs 4,000 for the stock, 2,000 for leases, two, and one for each of MAX_DEPENDS_ON that it
 * supersedes.
 */
export const MAX_TRANSACTION_CHANGES = 6_500;
/** Changes of one pull: more than a transaction's, so that a page always holds at least one whole transaction. */
export const PULL_PAGE_CHANGES = 7_000;
/** The most bytes that a page may have, and that a desk asks for; past them it ends at the transaction's end. */
export const PULL_PAGE_MAX_BYTES = 4_000_000;
/** Unsettled mutations that one mutation may depend on. */
export const MAX_DEPENDS_ON = 200;

/** Deadlines of the desk's requests, in milliseconds. */
export const REQUEST_DEADLINE_MS = 10_000;
export const PULL_DEADLINE_MS = 30_000;
/** Central sends a heartbeat on the poke stream this often; without one for DEAD_AFTER the desk calls the line dead. */
export const HEARTBEAT_INTERVAL_MS = 3_000;
export const HEARTBEAT_DEAD_AFTER_MS = 10_000;
/** Pull though nobody poked: the poke is a hint and may be lost. */
export const SLOW_POLL_MS = 30_000;
/** Backoff between attempts to reach central: doubles from the first to the last, with full jitter. */
export const BACKOFF_FIRST_MS = 250;
export const BACKOFF_LAST_MS = 10_000;
/** A pushed mutation whose receipt has not come by then is offered again. */
export const RESEND_AFTER_MS = 15_000;

/** Unsettled mutations that one mutation may stand in for, though they may never be judged. */
export const MAX_SUPERSEDES = 200;

/** Lives of a desk file that were sent to central and not confirmed; past it the oldest is forgotten. */
export const MAX_UNCONFIRMED_LIVES = 16;
/** Sign-ins that one hello may carry: those of the youngest mutations. */
export const MAX_CERTIFICATES = 100;
/** Mutations that a desk asks about at once, whether central still has their receipts. */
export const MAX_REOFFER_IDS = 1_000;

/** Parts into which a scope's rows of one kind are cut to find where digests differ. */
export const DIGEST_BUCKETS = 256;
/** Rows that are asked for at once, to mend them. */
export const MAX_ROWS_ASKED = 200;
/** Orders of one business day that an answer names; of more it says only what they come to. */
export const MAX_DAY_ORDERS = 10_000;
/** How often a desk says again that it has an order open, and for how long it counts. Milliseconds. */
export const PRESENCE_EVERY_MS = 10_000;
export const PRESENCE_HOLDS_MS = 25_000;
/** Alarms in one report, and rows that one of them names. */
export const MAX_REPORTED_ALARMS = 50;
export const MAX_ALARM_ROWS = 20;

/** How far a business date may lie from central's day. */
export const MAX_BUSINESS_DATE_AGE_DAYS = 62;
export const MAX_BUSINESS_DATE_AHEAD_DAYS = 2;

/** Leases that a desk reports on at once. */
export const MAX_LEASE_REPORTS = 500;
