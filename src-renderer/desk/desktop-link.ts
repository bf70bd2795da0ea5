/**
 * Desktop program: the preload script passes a MessagePort to the local server, and another one whenever that server
 * was started again. A page of any other origin is in the browser host.
 */
import type { TRPCLink } from '@trpc/client';
import type { AppRouter } from '../../src-main/api/router.ts';
import { APP_ORIGIN, PORT_GONE, PORT_READY, PORT_WANTED } from '../../src-shared/desk-link/window-messages.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { createPortSocket, portLink, webLinkPort } from './port-link.ts';

export interface DesktopConnection {
  link: TRPCLink<AppRouter>;
  setLanguage: (language: Language) => void;
}

/** `undefined` outside the desktop program. */
export function connectDesktop(language: Language): DesktopConnection | undefined {
  if (location.origin !== APP_ORIGIN) return undefined;
  const socket = createPortSocket(language);
  addEventListener('message', (event) => {
    if (event.source !== window || event.origin !== APP_ORIGIN) return;
    const [port] = event.ports;
    if (event.data === PORT_READY && port) socket.attach(webLinkPort(port));
    else if (event.data === PORT_GONE) socket.detach();
  });
  window.postMessage(PORT_WANTED, APP_ORIGIN);
  return { link: portLink<AppRouter>(socket), setLanguage: (chosen) => socket.setLanguage(chosen) };
}
