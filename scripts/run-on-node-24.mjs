/**
 * Runs a TypeScript program of this project on Node 24, which executes it as it is: on this very Node when it is new
 * enough, else on the one among the installed packages. Arguments, terminal, signals and exit code pass through.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './ensure-install.mjs';
import { say } from './say.mjs';

const FIRST_MAJOR = 24;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Ends this process with the program's exit code, or 128 + n when signal n ended it. */
export function runOnNode24(program, args) {
  // Killed outright, this process can't tell the program to stop; the preload notices that the channel has closed.
  const preload = new URL('stop-with-parent.mjs', import.meta.url).href;
  const child = spawn(nodeExecutable(), ['--import', preload, join(ROOT, program), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say({ en: `Cannot run ${program}: ${error.message}`, zh: `无法运行 ${program}：${error.message}` });
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

function nodeExecutable() {
  if (Number(process.versions.node.split('.')[0]) >= FIRST_MAJOR) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const packaged = join(ROOT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', name);
  if (existsSync(packaged)) return packaged;
  say({
    en: `This needs Node ${FIRST_MAJOR} or later; here runs ${process.version}. Install it from nodejs.org.`,
    zh: `需要 Node ${FIRST_MAJOR} 或更高版本，当前为 ${process.version}。请到 nodejs.org 安装。`,
  });
  process.exit(1);
}
