/** Builds what is shown, when its sources have changed since the last build: their hash is kept beside the caches. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError, tell } from './words.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Build {
  name: 'renderer' | 'desktop';
  /** Files and folders that decide what comes out. */
  sources: readonly string[];
  /** There when the build is. */
  result: string;
  /** A tool of node_modules/.bin and its arguments. */
  tool: readonly [string, ...string[]];
}

const RENDERER_SOURCES = ['src-renderer', 'src-shared', 'src-main/api', 'vite.renderer.config.ts', 'package-lock.json'];

export const RENDERER: Build = {
  name: 'renderer',
  sources: RENDERER_SOURCES,
  result: 'out/renderer/index.html',
  tool: ['vite/bin/vite.js', 'build', '--logLevel', 'warn', '-c', 'vite.renderer.config.ts'],
};

export const DESKTOP: Build = {
  name: 'desktop',
  sources: [...RENDERER_SOURCES, 'src-main', 'migrations', 'electron.vite.config.ts'],
  result: 'out/main/main.cjs',
  tool: ['electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
};

/** @throws StartError when the build fails; it has said why on stderr. */
export async function ensureBuilt(build: Build, signal: AbortSignal): Promise<void> {
  const stampFile = join(ROOT, '.cache', `${build.name}.stamp`);
  const stamp = hashOf(build.sources);
  if (existsSync(join(ROOT, build.result)) && readStamp(stampFile) === stamp) return;
  tell({ en: 'Building the screens …', zh: '正在构建界面……' });
  await run(build.tool, signal);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

async function run([tool, ...args]: Build['tool'], signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', tool), ...args], {
    cwd: ROOT,
    // What it prints is no result of ours.
    stdio: ['ignore', 2, 2],
    signal,
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) {
    throw new StartError({ en: 'The screens could not be built; why is above.', zh: '界面构建失败，原因见上。' });
  }
}

/** Of names and contents, tests left out: what they say changes nothing on screen. */
function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesUnder).toSorted()) {
    if (/\.test\.tsx?$/.test(file)) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path: string): string[] {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (!readdirOrNothing(absolute)) return [path];
  return (readdirOrNothing(absolute) ?? []).flatMap((name) => filesUnder(`${path}/${name}`));
}

function readdirOrNothing(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function readStamp(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
