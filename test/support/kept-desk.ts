/** Desks of earlier protocol versions as programs (test/fixtures/desks). */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const KEPT = fileURLToPath(new URL('../fixtures/desks', import.meta.url));
/** Inside the repository, where the bundle finds better-sqlite3. */
const UNPACKED = fileURLToPath(new URL('../../.cache/desks', import.meta.url));

/** Which protocol versions a desk is kept of. */
export function keptDesks(): number[] {
  const versions = readdirSync(KEPT).map((name) => Number(/^protocol-(\d+)$/.exec(name)?.[1] ?? NaN));
  return versions.filter((version) => !Number.isNaN(version)).toSorted((a, b) => a - b);
}

/** The program's file, unpacked at the first use. */
export function keptDesk(protocol: number): string {
  return unpacked(protocol, 'desk.mjs', (program) => program);
}

/** Where the program begins: behind every module of it. */
const MAIN = '// src-main/hosts/browser/main.ts\n';

/**
 * A module that exports the program's `startLocalServer`: the same code to the byte, but for its last lines, which would
 * run it with a browser host in front.
 */
export function keptLocalServer(protocol: number): string {
  return unpacked(protocol, 'local-server.mjs', (program) => {
    const main = program.lastIndexOf(MAIN);
    if (main < 0) throw new Error(`the kept desk of protocol ${protocol} does not end in its main module`);
    return `${program.subarray(0, main).toString()}init_local_server();\nexport { startLocalServer };\n`;
  });
}

function unpacked(protocol: number, name: string, make: (program: Buffer) => Buffer | string): string {
  const packed = readFileSync(join(KEPT, `protocol-${protocol}`, 'desk.mjs.br'));
  const folder = join(UNPACKED, createHash('sha256').update(packed).digest('hex').slice(0, 16));
  const file = join(folder, name);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  // Two test files may unpack it at once: what stands under its name is always whole.
  const half = join(folder, `${process.pid}-${name}`);
  writeFileSync(half, make(brotliDecompressSync(packed)));
  renameSync(half, file);
  return file;
}
