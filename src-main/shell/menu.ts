/** The program's menu, in the reader's language. It claims no key that a screen has: F1 to F12 and Ctrl+letters of work. */
import type { MenuItemConstructorOptions } from 'electron';
import type { Language } from '../../src-shared/text/language.ts';
import { SHELL_TEXT, type ShellText } from './shell-text.ts';

export interface MenuParts {
  language: Language;
  platform: NodeJS.Platform;
  /** Developer tools are offered to developers only. */
  packaged: boolean;
  showAbout: () => void;
  reload: () => void;
}

export function menuTemplate(parts: MenuParts): MenuItemConstructorOptions[] {
  const text = SHELL_TEXT[parts.language];
  const mac = parts.platform === 'darwin';
  const about: MenuItemConstructorOptions = { label: text.about, click: parts.showAbout };
  const quit: MenuItemConstructorOptions = { role: 'quit', label: text.quit };
  return [
    ...(mac ? [{ label: text.programName, submenu: [about, { type: 'separator' as const }, quit] }] : []),
    ...(mac ? [] : [{ label: text.file, submenu: [quit] }]),
    editMenu(text),
    viewMenu(text, parts),
    {
      label: text.window,
      submenu: [
        { role: 'minimize', label: text.minimize },
        { role: 'close', label: text.close },
      ],
    },
    ...(mac ? [] : [{ label: text.help, submenu: [about] }]),
  ];
}

function editMenu(text: ShellText): MenuItemConstructorOptions {
  return {
    label: text.edit,
    submenu: [
      { role: 'undo', label: text.undo },
      { role: 'redo', label: text.redo },
      { type: 'separator' },
      { role: 'cut', label: text.cut },
      { role: 'copy', label: text.copy },
      { role: 'paste', label: text.paste },
      { role: 'selectAll', label: text.selectAll },
    ],
  };
}

function viewMenu(text: ShellText, parts: MenuParts): MenuItemConstructorOptions {
  const developerTools: MenuItemConstructorOptions[] = parts.packaged
    ? []
    : [{ role: 'toggleDevTools', label: text.developerTools }];
  return {
    label: text.view,
    submenu: [
      { role: 'zoomIn', label: text.zoomIn },
      { role: 'zoomOut', label: text.zoomOut },
      { role: 'resetZoom', label: text.zoomReset },
      { type: 'separator' },
      { role: 'togglefullscreen', label: text.fullScreen },
      // Not the role, which brings a key along: a slip of the finger must not take an order off the screen.
      { label: text.reload, click: parts.reload },
      ...developerTools,
    ],
  };
}
