/** The desk's window: sandboxed, isolated, without Node, where it was when it was last closed. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { APP_ORIGIN } from '../../src-shared/desk-link/window-messages.ts';
import { WINDOW_SMALLEST, WINDOW_STATE_DELAY_MS } from './limits.ts';
import { fitWindowState, readWindowState, writeWindowState } from './window-state.ts';

export interface WindowParts {
  title: string;
  preload: string;
  /** Where the window's place is kept. */
  stateFolder: string;
}

export function openWindow(parts: WindowParts): BrowserWindow {
  const stateFile = join(parts.stateFolder, 'window.json');
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const { maximized, ...place } = fitWindowState(readWindowState(stateFile), screens);
  const window = new BrowserWindow({
    ...place,
    minWidth: WINDOW_SMALLEST.width,
    minHeight: WINDOW_SMALLEST.height,
    title: parts.title,
    // Shown when there is something to see: an empty frame looks like a hang.
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141414' : '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload: parts.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // An order that is being typed must go on being priced while another window is in front.
      backgroundThrottling: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  keepState(window, stateFile);
  // The page dies alone: what was typed is in the drafts, what was saved is on disk.
  window.webContents.on('render-process-gone', () => window.webContents.reload());
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    if (!window.isDestroyed()) writeWindowState(file, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(write, WINDOW_STATE_DELAY_MS);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('close', write);
}
