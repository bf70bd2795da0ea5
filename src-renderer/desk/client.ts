/**
 * The way to the desk's local server: one client, whichever host the page runs in. In the desktop program the preload
 * script passes a MessagePort; in the browser host it is loopback HTTP, and a WebSocket for what is pushed.
 */
import { createTRPCClient } from '@trpc/client';
import type { AppRouter } from '../../src-main/api/router.ts';
import { currentLanguage, onLanguage } from '../text/i18n.ts';
import { connectDesktop } from './desktop-link.ts';
import { loopbackLink } from './loopback-link.ts';

export function connectDesk() {
  const desktop = connectDesktop(currentLanguage());
  if (desktop) onLanguage(desktop.setLanguage);
  return createTRPCClient<AppRouter>({ links: [desktop?.link ?? loopbackLink(currentLanguage)] });
}

export type Desk = ReturnType<typeof connectDesk>;
