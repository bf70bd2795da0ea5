/** Bounds of the local server and its hosts. */

/** From one event of the desk to the next at least: what happens meanwhile is told as one. Milliseconds. */
export const EVENT_GATHER_MS = 20;
/** More changed orders than this are told as "look at all". Orders. */
export const EVENT_MAX_ORDERS = 200;
/** Nothing written for so long is an idle moment: time to move the WAL into the file. Milliseconds. */
export const CHECKPOINT_AFTER_IDLE_MS = 2_000;
/** Somebody who has asked nothing for so long has stopped to think, or gone. Milliseconds. */
export const ATTENDED_MS = 500;
/** The desk's log is set aside at this size, and the one set aside before it goes. Bytes. */
export const LOG_MAX_BYTES = 5_000_000;
/** How long `sync.now` waits for the attempt that it asked for. Milliseconds. */
export const SYNC_NOW_WAIT_MS = 10_000;
/** Largest body of a request to the browser host: an order of 20,000 lines fits many times over. Bytes. */
export const REQUEST_MAX_BYTES = 20_000_000;
/** Between two attempts to start a desk again whose file was damaged. Milliseconds. */
export const RENEW_RETRY_MS = 5_000;
/** The longest delay that a timer takes; longer ones run at once. Milliseconds. */
export const TIMER_MAX_MS = 2_147_483_647;
/** How long the system may take to tell the machine's id before a desk starts without it. */
export const MACHINE_ID_WAIT_MS = 3_000;
