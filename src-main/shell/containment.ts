/**
 * What a page may never do here, whatever runs in it: leave the program's origin, open another window, ask for a
 * device or a permission, or speak to anyone. Its only way out is the port to the local server.
 */
import type { App, Session } from 'electron';
import { APP_ORIGIN } from '../../src-shared/desk-link/window-messages.ts';

/** `devtools:` pages are Chromium's own, and open for developers only. */
const OWN_ADDRESSES = [`${APP_ORIGIN}/`, 'devtools://', 'data:'];

export function containPages(app: App): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.on('will-navigate', (event, url) => {
      if (!isOwn(url)) event.preventDefault();
    });
    contents.on('will-redirect', (event, url) => {
      if (!isOwn(url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

export function containSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((request, answer) =>
    answer({ cancel: !OWN_ADDRESSES.some((own) => request.url.startsWith(own)) }),
  );
  // Its dictionaries would come from the net.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, download) => {
    if (!isOwn(download.getURL()) && !download.getURL().startsWith(`blob:${APP_ORIGIN}/`)) event.preventDefault();
  });
}

export function isOwn(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/`);
}
