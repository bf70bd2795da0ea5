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
  const packed = readFileSync(join(KEPT, `protocol-${protocol}`, 'desk.mjs.br'));
  const folder = join(UNPACKED, createHash('sha256').update(packed).digest('hex').slice(0, 16));
  const program = join(folder, 'desk.mjs');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Two test files may unpack it at once: what stands under its name is always whole.
  const half = join(folder, `${process.pid}.mjs`);
  writeFileSync(half, brotliDecompressSync(packed));
  renameSync(half, program);
  return program;
}
