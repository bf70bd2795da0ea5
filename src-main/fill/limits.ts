/** Bounds of a fill. */

/**
 * How long one transaction of a fill may take: somebody's order or search waits for it. Milliseconds, with the first
 * guess of how many rows that is, and the least and the most that are tried.
 */
export const SLICE_MS = 4;
/** The same while somebody works at the desk. */
export const ATTENDED_SLICE_MS = 2;
/** So many slices are committed at once then: whoever saves an order takes what has gathered along to the disk. */
export const ATTENDED_SLICES = 4;
export const SLICE_FIRST_ROWS = 200;
export const SLICE_LEAST_ROWS = 20;
export const SLICE_MOST_ROWS = 2_000;

/** Rows of one statement: more of them win nothing any more. */
export const ROWS_AT_ONCE = 10;

/** How much of a slice of entries they may take; where there is merging beside it, that takes the rest. */
export const ENTERING_SHARE = 0.6;
/** Entries of the search index that are written, or loaded, between two looks at the clock. */
export const ENTRIES_AT_A_TIME = 50;
/** When more wait for the index, they are entered beside the rows that bring more: each takes 350 bytes. Entries. */
export const WAITING_MOST_ENTRIES = 100_000;
/** When so many are in the index and not merged, merging goes on beside them. Entries: a thousand are a segment or so. */
export const UNMERGED_MOST_ENTRIES = 200_000;
/** How long merging goes on before it is looked whether something is to be filled. Milliseconds. */
export const MERGING_STEP_MS = 1_000;
/** Slices of it between two looks at how long the WAL is. */
export const MERGING_SLICES = 25;

/**
 * Between two slices the WAL is moved into the file from this many pages on: left to a commit, it would be eight times
 * as much at once. Pages.
 */
export const CHECKPOINT_PAGES = 1_000;
/** From here on a fill waits until all of it has been moved; well under the store's WAL_BACKSTOP_PAGES. Pages. */
export const LONG_WAL_PAGES = 4_000;

/**
 * A chunk goes from the thread that reads it to the one that writes in pieces of so many rows, an order being as long as
 * some: taking in a whole one at once would keep people waiting, and fill the heap.
 */
export const PIECE_ROWS = 1_000;
export const PIECE_ORDERS = 150;

/** What an honest chunk unpacks to at most; an order of 20,000 lines is still one. Bytes. */
export const MAX_CHUNK_RAW_BYTES = 64_000_000;
/** A thread that reads chunks is let go when it had none for so long. Milliseconds. */
export const THREAD_IDLE_MS = 10_000;
/** What that thread may hold: without a bound it would let garbage lie until it has a gigabyte. Megabytes. */
export const THREAD_MEMORY = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 20 };
/** What the young part of the heap that answers people may have during a fill. Bytes. */
export const NURSERY_BYTES = 16_000_000;
/** Chunks until that is watched: the thread's nursery has grown to what it is allowed by then. */
export const GROWING_CHUNKS = 6;
/** Longest line of JSON in front of a chunk. Bytes. */
export const MAX_CHUNK_HEADER_BYTES = 4_000;
