/** Bounds of the desk's copies and checks. */

/** Pages that the whole copy moves before it lets others at the disk; with its sync they take some 15 ms. */
export const WHOLE_COPY_STEP_PAGES = 1_000;
/** How long it then stands back. An order's commit meanwhile was measured at p99 9 ms on a file of 550 MB. */
export const WHOLE_COPY_PAUSE_MS = 20;
/** Between the checks of two tables. */
export const CHECK_PAUSE_MS = 20;
/** What SQLite is asked to name of a damaged file; one is enough to restore it. */
export const CHECK_MOST_PROBLEMS = 10;

/** After something was written, the copy of the desk's own rows is due within this long. */
export const ORDERS_COPY_AFTER_MS = 10_000;
/** A copy that took long is not made as often: never more than a fiftieth of the time goes into copies. */
export const ORDERS_COPY_TIME_SHARE = 50;
/** The whole file, central's rows and search included: they can be fetched anew, but not while the line is down. */
export const WHOLE_COPY_EVERY_MS = 24 * 3_600_000;
/** So long nothing is written before a whole copy or a check begins. */
export const IDLE_BEFORE_LONG_JOB_MS = 60_000;
/** A whole copy that found no idle moment for this long is made all the same. */
export const WHOLE_COPY_LATEST_MS = 30 * 3_600_000;
/** How often it is looked whether a long job is due. */
export const LOOK_EVERY_MS = 60_000;
/** After a copy that failed. */
export const COPY_RETRY_MS = 60_000;
/** The first check: when the screens have been painted. */
export const CHECK_AFTER_START_MS = 5_000;
/** The hours of the branch's night in which the whole file is checked, from and before. */
export const NIGHT_HOURS = [1, 6] as const;
/** Between two nightly checks at least. */
export const NIGHT_CHECK_EVERY_MS = 20 * 3_600_000;
/** A desk that is switched off at night is checked in an idle moment of the day after this long. */
export const CHECK_LATEST_MS = 3 * 24 * 3_600_000;
/** How long closing waits for the last copy. On a quiet machine it takes a tenth of a second. */
export const LAST_COPY_WAIT_MS = 6_000;

/** Which copies stay: the newest, then the newest of each of the last hours and days. */
export const KEEP_ORDERS_COPIES = { newest: 3, hours: 3, days: 7, mostBytes: 500_000_000 } as const;
export const KEEP_WHOLE_COPIES = { newest: 2, hours: 0, days: 0, mostBytes: 4_000_000_000 } as const;
/** What a copy leaves free on the disk beyond its own size, for the orders to come. */
export const COPY_LEAVES_FREE_BYTES = 64 * 1024 * 1024;

/** Kept for a full disk: some seventy orders of ten lines fit, each with the pages that its commit writes. */
export const RESERVE_BYTES = 8 * 1024 * 1024;
/** The reserve is made again when this many times its size is free. */
export const RESERVE_AGAIN_AT = 4;
/** How often it is looked whether there is room again. */
export const RESERVE_LOOK_MS = 15_000;
