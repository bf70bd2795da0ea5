/** The few messages between main and a preload script. Only words and ports pass; main checks who sends. */

/** A page listens and wants a port to the local server. */
export const CHANNEL_PORT_WANTED = 'port-wanted';
/** To the preload script, with one port. */
export const CHANNEL_PORT_READY = 'port-ready';
export const CHANNEL_PORT_GONE = 'port-gone';
/** The language that the page is in, for the menu. */
export const CHANNEL_LANGUAGE = 'language';
