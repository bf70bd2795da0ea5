/**
 * Desktop program: calls go over the port that the preload script hands in, and over the next one when the local
 * server has been started again. A page of any other origin is not in the desktop program.
 */
import type { TRPCLink } from '@trpc/client';
import type { AppRouter } from '../../src-main/api/router.ts';
import { APP_ORIGIN, PORT_GONE, PORT_READY, PORT_WANTED } from '../../src-shared/desk-link/window-messages.ts';
import type { DeskLinkOptions } from './client.ts';
import { createPortSocket, portLink, webLinkPort, type PortSocket } from './port-link.ts';

export function desktopLink(options: DeskLinkOptions): TRPCLink<AppRouter> | undefined {
  if (location.origin !== APP_ORIGIN) return undefined;
  const socket = createPortSocket(options.language());
  window.addEventListener('message', (event) => onMessage(event, socket));
  window.postMessage(PORT_WANTED, APP_ORIGIN);
  return spoken(socket, options);
}

function onMessage(event: MessageEvent<unknown>, socket: PortSocket): void {
  if (event.source !== window || event.origin !== APP_ORIGIN) return;
  const [port] = event.ports;
  if (event.data === PORT_GONE) socket.detach();
  else if (event.data === PORT_READY && port) socket.attach(webLinkPort(port));
}

/** Tells the server of a change of language ahead of the first call that is made in it. */
function spoken(socket: PortSocket, options: DeskLinkOptions): TRPCLink<AppRouter> {
  const link = portLink<AppRouter>(socket);
  let told = options.language();
  return (runtime) => {
    const inner = link(runtime);
    return (call) => {
      const now = options.language();
      if (now !== told) socket.setLanguage(now);
      told = now;
      return inner(call);
    };
  };
}
