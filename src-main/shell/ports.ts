/**
 * Gives each window that asks a port to the local server, and another when the local server was started again.
 *
 * Guarantees: a port goes only to the main frame of a page of the program's own origin; a page that asked while no
 * local server was ready gets its port when one is.
 */
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import { chooseLanguage, type Language } from '../../src-shared/text/language.ts';
import { CHANNEL_LANGUAGE, CHANNEL_PORT_GONE, CHANNEL_PORT_READY, CHANNEL_PORT_WANTED } from './channels.ts';
import { isOwn } from './containment.ts';

export interface PortExchange {
  /** The local server is ready: every page that has asked gets a port. */
  ready(): void;
  /** It is gone, and so is the other end of every port. */
  gone(): void;
}

export function exchangePorts(parts: {
  /** Hands one end to the local server; false when none is ready. */
  serve(port: MessagePortMain): boolean;
  onLanguage(language: Language): void;
}): PortExchange {
  const asked = new Set<WebContents>();

  const give = (contents: WebContents): void => {
    const { port1, port2 } = new MessageChannelMain();
    if (parts.serve(port1)) contents.postMessage(CHANNEL_PORT_READY, null, [port2]);
  };

  ipcMain.on(CHANNEL_PORT_WANTED, (event) => {
    if (!isTrusted(event)) return;
    const contents = event.sender;
    if (!asked.has(contents)) contents.once('destroyed', () => asked.delete(contents));
    asked.add(contents);
    give(contents);
  });
  ipcMain.on(CHANNEL_LANGUAGE, (event, language: unknown) => {
    if (isTrusted(event) && typeof language === 'string') parts.onLanguage(chooseLanguage(language));
  });
  return {
    ready: () => {
      for (const contents of asked) give(contents);
    },
    gone: () => {
      for (const contents of asked) contents.send(CHANNEL_PORT_GONE);
    },
  };
}

function isTrusted(event: Electron.IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOwn(frame.url);
}
