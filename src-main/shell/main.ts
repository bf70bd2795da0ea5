/**
 * The desktop program's main process: windows, menu, and the local server's supervisor.
 *
 * Guarantees: one program per data folder; it opens no database and runs no rule, so no query can freeze a window; a
 * quit waits for the local server's orderly end, within a bound. Does not know what passes through a window's port.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, session } from 'electron';
import { chooseLanguage, type Language } from '../../src-shared/text/language.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { readConfig, type ShellConfig } from './config.ts';
import { containPages, containSession } from './containment.ts';
import { forkLocalServer } from './fork-local-server.ts';
import { menuTemplate } from './menu.ts';
import { exchangePorts } from './ports.ts';
import { SHELL_TEXT } from './shell-text.ts';
import { startSupervisor, type Supervisor } from './supervisor.ts';
import { openWindow } from './window.ts';

const built = join(app.getAppPath(), 'out');

registerAppScheme();
containPages(app);
const config = readConfigOrExit();
if (config.dataFolder !== null) {
  // The program's own traces live with the desk's data: two desks on one machine then share nothing, not even the lock.
  const own = join(config.dataFolder, 'window');
  mkdirSync(own, { recursive: true });
  app.setPath('userData', own);
}
if (app.requestSingleInstanceLock()) void app.whenReady().then(() => run(config));
else app.quit();

function run({ dataFolder, ...given }: ShellConfig): void {
  let language = chooseLanguage(app.getPreferredSystemLanguages().join(','));
  const options = { ...given, dataFolder: dataFolder ?? join(app.getPath('userData'), 'desk'), language };
  const text = (): (typeof SHELL_TEXT)[Language] => SHELL_TEXT[language];
  const showWindow = (): void => {
    const [open] = BrowserWindow.getAllWindows();
    if (!open) {
      openWindow({
        title: text().programName,
        preload: join(built, 'preload', 'preload.cjs'),
        stateFolder: app.getPath('userData'),
      });
      return;
    }
    if (open.isMinimized()) open.restore();
    open.focus();
  };

  const supervisor = startSupervisor({
    spawn: (on) => forkLocalServer(join(built, 'main', 'local-server-process.cjs'), options, on),
    monotonicNow: () => performance.now(),
    after: (delayMs, then) => {
      const timer = setTimeout(then, delayMs);
      return () => clearTimeout(timer);
    },
    onReady: () => ports.ready(),
    onCrash: ({ code, restartInMs }) => {
      console.error(`The local server ended with ${code}; starting it again in ${restartInMs} ms.`);
      ports.gone();
    },
    onCannotStart: (reason) => void askWhatToDo(reason),
  });
  const ports = exchangePorts({
    serve: (port) => supervisor.serve(port),
    onLanguage: (chosen) => {
      if (chosen === language) return;
      language = chosen;
      setMenu(language);
    },
  });

  const askWhatToDo = async (reason: string): Promise<void> => {
    const { cannotStart, savedStaysSaved, tryAgain, quit } = text();
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: cannotStart,
      detail: `${reason}\n\n${savedStaysSaved}`,
      buttons: [tryAgain, quit],
      defaultId: 0,
      cancelId: 1,
    });
    if (response === 0) supervisor.retry();
    else app.quit();
  };

  containSession(session.defaultSession);
  serveApp(session.defaultSession, join(built, 'renderer'));
  setMenu(language);
  quitInOrder(supervisor);
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  showWindow();
}

function quitInOrder(supervisor: Supervisor<never>): void {
  let ended = false;
  const end = async (): Promise<void> => {
    await supervisor.stop();
    ended = true;
    app.quit();
  };
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void end();
  });
}

function setMenu(language: Language): void {
  const template = menuTemplate({
    language,
    platform: process.platform,
    packaged: app.isPackaged,
    showAbout: () => app.showAboutPanel(),
    reload: () => BrowserWindow.getFocusedWindow()?.webContents.reload(),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function readConfigOrExit(): ShellConfig {
  try {
    const [argv, env] = [process.argv.slice(1), process.env];
    return readConfig({ argv, env, settings: textOf(join(app.getPath('userData'), 'settings.json')) });
  } catch (error) {
    const language = chooseLanguage(app.getLocale() || (process.env['LANG'] ?? ''));
    dialog.showErrorBox(SHELL_TEXT[language].badStart, (error as Error).message);
    return process.exit(2);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
