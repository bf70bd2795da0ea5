/** Every bound of the importer. */

/** Rows of one file. A longer one is refused as a whole, before anything is written: it is cut into several. */
export const MAX_FILE_ROWS = 1_000_000;
/** Bytes of a workbook: it is read whole into memory. A text file is streamed and has no such bound. */
export const MAX_WORKBOOK_BYTES = 100_000_000;
/** UTF-16 units of one CSV record: past it a quote was left open. */
export const MAX_RECORD_LENGTH = 1_000_000;

/** Rows of one transaction. Each makes at most two changes (a price and its new list, a customer and their new group). */
export const BATCH_ROWS = 1_000;
/** Orders and lines of one transaction. An order is one change, but its lines are rows to write and text to send. */
export const BATCH_ORDERS = 500;
export const BATCH_ORDER_LINES = 20_000;

/** From when a price counts whose row names no day. Fixed, so that the same file means the same tomorrow. */
export const DEFAULT_VALID_FROM = '2000-01-01';
