/**
 * Installs the packages when they are missing or not the ones that package-lock.json names. Runs before anything is
 * installed, on any Node from 20: no third-party imports here.
 *
 * The lock is compared with what npm wrote into node_modules, package by package, not by file times: a checkout or a
 * copy gives files new times and would reinstall for nothing, or fail to when it should.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './say.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Exits with npm's code, after saying so, when the install fails. npm's own output goes to stderr. */
export function ensureInstalled() {
  if (isInstalled()) return;
  say({
    en: 'Installing packages (npm ci); the first time this takes a minute or two.',
    zh: '正在安装依赖（npm ci），首次约需一两分钟。',
  });
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const windows = process.platform === 'win32';
  const { status, error } = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (status === 0 && isInstalled()) return;
  say({
    en: `The packages could not be installed${error ? ` (${error.message})` : ''}. Check the network and run: npm ci`,
    zh: `依赖安装失败${error ? `（${error.message}）` : ''}。请检查网络后运行：npm ci`,
  });
  process.exit(status || 1);
}

function isInstalled() {
  const locked = packagesOf('package-lock.json');
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  if (!locked) throw new Error('package-lock.json is missing or unreadable: this is not a whole copy of the project');
  if (!installed) return false;
  // Optional packages of other platforms are rightly absent.
  return Object.entries(locked).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
