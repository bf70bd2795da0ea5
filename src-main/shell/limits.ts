/** Every delay and bound of the desktop program's own. */

/** Between a crash of the local server and its next start: at once the first time, then doubling from here. */
export const RESTART_FIRST_DELAY_MS = 250;
export const RESTART_LAST_DELAY_MS = 10_000;
/** A local server that ran this long had a good start: the next crash counts as the first. */
export const RESTART_FORGIVEN_AFTER_MS = 60_000;
/** How long a quit waits for the local server's orderly end. Killing it then loses nothing that was saved. */
export const STOP_DEADLINE_MS = 8_000;
/** Moves and resizes of a window are written down when they have ended for this long. */
export const WINDOW_STATE_DELAY_MS = 500;

export const WINDOW_DEFAULT = { width: 1440, height: 900 };
export const WINDOW_SMALLEST = { width: 1024, height: 640 };
