/** The bounds of the desk's file. */

/** 3.7.0 to 3.51.2 can corrupt a WAL that is reset while another connection writes. */
export const OLDEST_SQLITE_VERSION = [3, 51, 3] as const;

/** How long a statement waits for a lock that a foreign program (a backup, a viewer) holds on the file. */
export const BUSY_TIMEOUT_MS = 2_000;

/**
 * WAL pages past which a commit checkpoints by itself: 32 MiB. Only a backstop: the host checkpoints while nobody
 * waits, because a checkpoint inside a commit is what a person would feel.
 */
export const WAL_BACKSTOP_PAGES = 8_000;

/** Pages past which an idle moment is worth a checkpoint: 256 KiB. */
export const WAL_IDLE_PAGES = 64;

/** A WAL that grew past this is cut back to it. */
export const WAL_KEEP_BYTES = 64 * 1024 * 1024;

/** Bytes of a page, of this file and every copy of it. */
export const PAGE_BYTES = 4_096;

/** Page cache, in KiB. Prices, stock and their indexes of a large house fit. */
export const PAGE_CACHE_KIB = 48 * 1024;
