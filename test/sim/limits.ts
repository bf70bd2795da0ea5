/** Every bound of the simulation. Times are simulated unless they say otherwise. */

/** What a seed does before its last quiet point: people's doings, faults, the office's work. */
export const STEPS = 321;
/** A quiet point comes after so many steps, and at the end. */
export const STEPS_BETWEEN_QUIET_POINTS = 107;
/** From a whole line and no new work to everything settled. Longer than every deadline and backoff of the protocol. */
export const DRAIN_WITHIN_MS = 90_000;
/** Of a desk to compare itself with central over a whole line. */
export const VERIFY_ATTEMPTS = 3;
/** From saved on one desk to visible on the others of its branch, over a whole line: less than the slow poll. */
export const FIRST_NEWS_WITHIN_MS = 15_000;
/** And once everybody has been seen to be connected. */
export const NEWS_WITHIN_MS = 3_000;
/** And where one of the two desks has the program of protocol 1: past its slow poll. */
export const OLD_NEWS_WITHIN_MS = 45_000;
/** How often that is tried at a quiet point. */
export const NEWS_ROUNDS = 5;
/** In so many of them another program writes to the cluster meanwhile, and for so long. */
export const WRITER_AT_NEWS = 0.4;
export const WRITER_AT_NEWS_MS: readonly [least: number, most: number] = [100, 2_000];
/** And while everything else happens, too. */
export const WRITER_OPEN_MS: readonly [least: number, most: number] = [100, 8_000];
/** How quick a process is beside the others, drawn anew for each after so many events. */
export const PACES: readonly number[] = [1, 1, 0.03];
export const EVENTS_OF_A_PACE = 80;
/** Events after which a seed that has not come to its end is called stuck. */
export const MAX_EVENTS = 400_000;

/** Where simulated time begins: 2026-03-02, nine in the morning in Shanghai. */
export const BEGIN_MS = Date.UTC(2026, 2, 2, 1);
/** The database's clock lags behind by up to this: telling it the time costs as much as a statement. */
export const CLOCK_STEP_MS = 100;
/** What an event takes. */
export const EVENT_MS = 1;
/** One way over a line that is whole. */
export const LATENCY_MS: readonly [least: number, most: number] = [1, 60];
/** What a delayed message takes instead: longer than most deadlines. */
export const DELAY_MS: readonly [least: number, most: number] = [500, 45_000];

/** How often a request over a line that isn't cut meets a fault. */
export const LINE_FAULT_RATE = 0.2;
/** Until a keeper starts a program again that did not come up. */
export const RESTART_MS = 1_000;
/** Months of orders that desks keep: each is a scope of its own, and a check asks the database of each. */
export const ORDER_MONTHS = 3;
/** Few enough that several desks soon want the same last pieces. */
export const ON_HAND_PIECES = 120;
/** Rows of a chunk of a fill, and of one transaction that takes it in: so few that small scopes have several of both. */
export const CHUNK_ROWS = 6;
export const SLICE_ROWS = 2;
/** Mutations of a push that central writes at a time: few, so that many a batch has several slices. */
export const SLICE_MUTATIONS = 2;
/** How often a node looks whether the gate has passed its commit: at its usual pace that would be every third event. */
export const WATCH_BUSY_MS = 40;
/** How long central keeps the feed: a seed is some 30 s, and some desks are away for longer than this. */
export const KEEPING = {
  retentionDays: 0.8 / 86_400,
  horizonDays: 1.5 / 86_400,
  foldLagMs: 300,
  pinExpiryMs: 2_000,
} as const;

/** Less than a pin holds, as ever. */
export const FILL_GENERATION_MS = 500;

/** Of courses of several steps, before a quiet point: each of their steps has a bound of its own. */
export const COURSES_END_WITHIN_MS = 90_000;

/** A lease that runs out while its desk can't tell what it promised of it; how long each step of it is waited for. */
export const PROMISED_OFFLINE = { pieces: 40, forMs: 12_000, withinMs: 20_000, lookEveryMs: 100 } as const;

/** What central does while a desk is away, from when its line is cut: the first folding notes where the feed is. */
export const LONG_ABSENCE = { foldAtMs: [100, 400, 2_300], compactAtMs: 2_400, backAtMs: 2_800 } as const;

/** One seed in so many has a large house, and this one of each so many. */
export const LARGE_HOUSE = { oneIn: 25, which: 13, products: 1_850 } as const;
/** Prices of so many days for each of its products: more than 50,000 in all. */
export const PRICE_IMPORT = { days: 28, afterStep: 215, stopRate: 0.8, stopAfterMs: [50, 1_500] } as const;

/**
 * One seed in so many has a second house that begins, and this one of each so many. Up to so many lives of its nodes are
 * cut off at one of their first statements; a whole migration has about 40.
 */
export const NEW_HOUSE = {
  oneIn: 12,
  which: 5,
  kills: 6,
  statements: 30,
  backAfterMs: [50, 1_500],
  lookEveryMs: 100,
} as const;

/** What is set aside for a desk at once, and for how long: a seed is some 30 s. */
export const LEASE_PIECES: readonly [least: number, most: number] = [10, 80];
export const LEASE_FOR_MS: readonly [least: number, most: number] = [500, 12_000];

/** In how many seeds one of the desks begins with the program of the oldest protocol that is served. */
export const OLD_DESK_RATE = 0.15;
/** The share of seeds whose database is put back from backups, and of those that have a standby. */
export const RESTORING_SEEDS = 0.16;
export const STANDBY_SEEDS = 0.16;
/** Steps from one backup to the next, from one part of the log that reaches the standby to the next. */
export const STEPS_BETWEEN_BACKUPS = 60;
export const STEPS_BETWEEN_STREAMS = 20;
/** What lies between a backup, or what the standby has, and going back to it: enough that something is lost. */
export const LEAST_STEPS_LOST = 8;

/** Real milliseconds after which a statement that has not ended is looked for among the blocked ones. */
export const LOOK_FOR_BLOCK_REAL_MS = 2;
/** Real milliseconds after which a database that does not answer stops the simulation. */
export const DATABASE_SILENT_REAL_MS = 60_000;

/** Events that a violation prints. */
export const LAST_EVENTS = 60;
/** From so many seeds on, a fault that was hit less often than `LEAST_HITS` fails the run. */
export const SEEDS_OF_A_FULL_RUN = 200;
export const LEAST_HITS = 50;
/** The same for faults that few seeds meet (every-fault.ts). */
export const SEEDS_OF_A_LONG_RUN = 2_000;
/** A worker is replaced after so many seeds: crashed desks leave their files open in it. */
export const SEEDS_OF_A_WORKER = 50;
