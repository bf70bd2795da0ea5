/** Bounds of the link between a window and its local server. */

/** How long a window waits for an answer. Longer than any statement on the desk's file takes, shorter than patience. */
export const CALL_DEADLINE_MS = 15_000;
/** Messages of one subscription that may be under way at a time. */
export const SUBSCRIPTION_WINDOW = 64;
/** A client says what it has seen after so many messages: half a window, so that a quick reader never makes one wait. */
export const SEEN_AFTER = 32;
