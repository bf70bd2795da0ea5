/** Bounds of restoring. */

/** Copies that were made this long before the newest still have a say in what waits: what they have and it lacks. */
export const COPIES_TRUSTED_MS = 3_600_000;
/** And no more than so many of them. */
export const COPIES_READ_MOST = 5;
/** A disk that damages the file again and again: so many restores within the hour, and the desk says so instead. */
export const RESTORES_MOST = 6;
export const RESTORES_WITHIN_MS = 3_600_000;
/** Rows that can't be read are told one by one up to so many; all of them lie in the folder. */
export const LOST_NAMED_MOST = 50;
/** What a restore needs of the disk besides the file's own size. */
export const RESTORE_SPARE_BYTES = 16 * 1024 * 1024;
