/**
 * `npm start`: central on an embedded PostgreSQL and one desk, with the sample; goes on with what is there.
 *
 * Prints two lines on stdout, `central ready at URL` and `desk ready at URL`, and else speaks on stderr. Ctrl-C stops
 * the desk, then central, then ends. Exit codes: 0 stopped, 1 could not start, 2 wrong option, 3 port taken.
 */
import { join } from 'node:path';
import { DESKTOP, ensureBuilt, RENDERER } from './start/build.ts';
import { electronBinary, openDesktop, openInBrowser } from './start/desktop.ts';
import { USUAL_CENTRAL_PORT, USUAL_DESK_PORT } from './start/limits.ts';
import { readOptions, USAGE, type StartOptions } from './start/options.ts';
import { choosePort } from './start/ports.ts';
import { startProgram, type Program } from './start/program.ts';
import { readyDesk } from './start/ready-desk.ts';
import { claimFolder, releaseFolder, writeRecord } from './start/run-record.ts';
import { StartError, tell } from './start/words.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await start(options, stopping.signal);
  else process.stdout.write(`${USAGE}\n`);
} catch (error) {
  if (error instanceof StartError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else if (!stopping.signal.aborted) throw error;
}

async function start(options: StartOptions, signal: AbortSignal): Promise<void> {
  const { dataDir } = options;
  await claimFolder(dataDir);
  const running: Program[] = [];
  const note = (program: Program): Program => {
    running.push(program);
    const children = running.map((one) => one.pid);
    writeRecord(dataDir, { pid: process.pid, children, deskUrl: program.address });
    return program;
  };
  try {
    const electron = options.host === 'browser' || !options.open ? undefined : electronBinary();
    if (options.host === 'desktop' && options.open && !electron) throw noDesktop();
    await ensureBuilt(electron ? DESKTOP : RENDERER, signal);
    const port = await choosePort(options.port, { option: '--port', usual: USUAL_DESK_PORT });
    const central = note(await startCentral(options, signal));
    process.stdout.write(`central ready at ${central.address}\n`);
    const desk = note(await startDesk({ centralUrl: central.address, port, dataDir, signal }));
    const addresses = { centralUrl: central.address, deskUrl: desk.address };
    await readyDesk({ ...addresses, sample: options.sample !== 'none', signal });
    if (electron) await desk.stop();
    const open = electron
      ? openDesktop(electron, ['--central', central.address, '--data', deskFolder(dataDir)])
      : undefined;
    process.stdout.write(open ? 'desk ready in its window\n' : `desk ready at ${desk.address}\n`);
    if (!open && options.open) openInBrowser(desk.address);
    await untilOver(open ? [central] : [central, desk], { closed: open?.closed, signal });
    open?.close();
    await open?.closed;
  } finally {
    // The desk first: what it is sending gets its answer.
    for (const program of running.toReversed()) await program.stop();
    releaseFolder(dataDir);
  }
}

async function startCentral({ dataDir, centralPort, sample }: StartOptions, signal: AbortSignal): Promise<Program> {
  const port = await choosePort(centralPort, { option: '--central-port', usual: USUAL_CENTRAL_PORT });
  const args = ['--data', join(dataDir, 'central'), '--port', String(port), '--sample', sample];
  return startProgram({ name: 'central', script: 'src-central/main.ts', args, signal });
}

function startDesk(of: { centralUrl: string; port: number; dataDir: string; signal: AbortSignal }): Promise<Program> {
  const args = ['--central', of.centralUrl, '--data', deskFolder(of.dataDir), '--port', String(of.port)];
  return startProgram({ name: 'desk', script: 'src-main/hosts/browser/main.ts', args, signal: of.signal });
}

function deskFolder(dataDir: string): string {
  return join(dataDir, 'desk');
}

/** Until Ctrl-C, or the window is closed. @throws StartError when a program ends by itself. */
async function untilOver(
  programs: readonly Program[],
  { closed, signal }: { closed: Promise<void> | undefined; signal: AbortSignal },
): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const ends = programs.map(async ({ name, ended }) => {
    await ended;
    if (signal.aborted) return;
    throw new StartError({
      en: `${name} has ended by itself; what it said is above. What was saved is safe: start again.`,
      zh: `${name} 已意外退出，原因见上。已保存的内容不会丢失，请重新启动。`,
    });
  });
  await Promise.race([asked, ...(closed ? [closed] : []), ...ends]);
  if (signal.aborted) tell({ en: 'Stopping …', zh: '正在停止……' });
}

function noDesktop(): StartError {
  return new StartError({
    en: 'Electron cannot run here: its program is not downloaded (npx install-electron), or there is no screen. Use --host browser.',
    zh: 'Electron 无法在此运行：程序未下载（npx install-electron），或没有显示器。请用 --host browser。',
  });
}
