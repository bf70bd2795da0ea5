/**
 * Runs in each window before its page, sandboxed and in a world of its own. It passes ports from main to the page and
 * the page's language to main, and gives the page no function at all.
 */
import { ipcRenderer } from 'electron';
import { APP_ORIGIN, PORT_GONE, PORT_READY, PORT_WANTED } from '../../../src-shared/desk-link/window-messages.ts';
import { CHANNEL_LANGUAGE, CHANNEL_PORT_GONE, CHANNEL_PORT_READY, CHANNEL_PORT_WANTED } from '../channels.ts';

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== APP_ORIGIN || event.data !== PORT_WANTED) return;
  ipcRenderer.send(CHANNEL_PORT_WANTED);
});
ipcRenderer.on(CHANNEL_PORT_READY, (event) => window.postMessage(PORT_READY, APP_ORIGIN, event.ports));
ipcRenderer.on(CHANNEL_PORT_GONE, () => window.postMessage(PORT_GONE, APP_ORIGIN));

window.addEventListener('DOMContentLoaded', () => {
  const root = document.documentElement;
  const tell = (): void => ipcRenderer.send(CHANNEL_LANGUAGE, root.lang);
  new MutationObserver(tell).observe(root, { attributes: true, attributeFilter: ['lang'] });
  tell();
});
