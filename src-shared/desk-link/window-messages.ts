/**
 * How a page of the desktop program and the script preloaded into it speak: by `window.postMessage` within the one
 * window, to the program's own origin only. Neither side gets any function of the other.
 */
import { z } from 'zod';

/** The scheme under which the desktop program serves its pages, and their origin. */
export const APP_SCHEME = 'orderdesk';
export const APP_ORIGIN = 'orderdesk://app';

/** From the page: it listens now, and wants a port to the local server. */
export const PORT_WANTED = { orderdesk: 'port-wanted' } as const;

export const fromPreload = z.discriminatedUnion('orderdesk', [
  /** Comes with one transferred port. It takes the place of the port before, whose server is gone. */
  z.object({ orderdesk: z.literal('port') }),
  /** The local server has stopped; a port follows when it has been started again. */
  z.object({ orderdesk: z.literal('port-gone') }),
]);
export type FromPreload = z.infer<typeof fromPreload>;
