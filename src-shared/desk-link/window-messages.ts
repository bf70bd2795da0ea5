/**
 * How a page of the desktop program and the script preloaded into it speak: by `window.postMessage` of these words,
 * within the one window and to the program's own origin only. Neither side gets any function of the other.
 */

/** The scheme under which the desktop program serves its pages, and their origin. */
export const APP_SCHEME = 'orderdesk';
export const APP_ORIGIN = 'orderdesk://app';

/** From the page: it listens now, and wants a port to the local server. */
export const PORT_WANTED = 'orderdesk:port-wanted';
/** To the page, with one transferred port. It takes the place of the port before, whose server is gone. */
export const PORT_READY = 'orderdesk:port-ready';
/** To the page: the local server has stopped; a port follows when it has been started again. */
export const PORT_GONE = 'orderdesk:port-gone';
