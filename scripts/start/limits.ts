/** How long `npm start` waits for what. */

/** A program that has not said that it is ready by then will not; the first start makes a database and a sample. */
export const READY_WITHIN_MS = 180_000;
/** The desk's first fill from central. Past it the desk is shown as it is, and fills on. */
export const FILLED_WITHIN_MS = 60_000;
export const POLL_MS = 50;
export const REQUEST_WITHIN_MS = 30_000;

/** How long a program may take to stop before it is killed: central answers what is under way, and stops PostgreSQL. */
export const STOPPED_WITHIN_MS = 40_000;
/** Programs of a killed start notice by themselves; those that haven't by then are told, and then killed. */
export const ORPHANS_WITHIN_MS = 5_000;

/** Tried first, so that addresses stay the same; where they are taken and none was asked for, any free ones will do. */
export const USUAL_CENTRAL_PORT = 8480;
export const USUAL_DESK_PORT = 8481;
