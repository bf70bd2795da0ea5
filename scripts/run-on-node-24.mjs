/**
 * Runs a TypeScript program of this project on Node 24, which executes it as it is: on this very Node when it is new
 * enough, else on the one among the installed packages. Arguments, output, signals and exit code pass through.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './ensure-install.mjs';
import { nodeFlags } from './node-flags.mjs';
import { say } from './say.mjs';

const FIRST_MAJOR = 24;
/** Ctrl-C reaches this process twice, from the terminal and from npm; a person's second one comes later. */
const SAME_SIGNAL_WITHIN_MS = 300;

/** Ends this process with the program's exit code, or 128 + n when signal n ended it. */
export function runOnNode24(program, args) {
  // Killed outright, this process can't tell the program to stop; the preload notices that the channel has closed.
  const preload = new URL('stop-with-parent.mjs', import.meta.url).href;
  const child = spawn(nodeExecutable(), [...nodeFlags(program), '--import', preload, join(ROOT, program), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // A group of its own: it hears each signal once, from here, and can end in good order.
    detached: process.platform !== 'win32',
  });
  let lastAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (performance.now() - lastAt < SAME_SIGNAL_WITHIN_MS) return;
      lastAt = performance.now();
      // A closed terminal is no reason to end without closing what is open.
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    });
  }
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
