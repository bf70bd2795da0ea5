/**
 * Keeps the desk of a commit as one file: `node scripts/run.mjs scripts/keep-desk.ts COMMIT`. It goes to
 * test/fixtures/desks/protocol-N/, N being the protocol version that the commit speaks, and runs there against every
 * later central (test/integration/kept-desks.test.ts). test/fixtures/desks/README.md says when one is to be kept.
 *
 * The program is what `npm run desk` runs, with everything bundled but better-sqlite3, which is this repository's. Names
 * and lines stay as they are, so that a failure can be read; comments go.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = 'src-main/hosts/browser/main.ts';
const VERSIONS = 'src-shared/protocol/versions.ts';

// The bundler names modules as they are seen from here: the same commit is to give the same bytes.
process.chdir(ROOT);
const [asked] = process.argv.slice(2);
if (asked === undefined) {
  process.stderr.write('Usage: node scripts/run.mjs scripts/keep-desk.ts COMMIT\n');
  process.exit(2);
}
const commit = git('rev-parse', '--verify', `${asked}^{commit}`).trim();
const protocol = /PROTOCOL_VERSION = (\d+);/.exec(git('show', `${commit}:${VERSIONS}`))?.[1];
if (protocol === undefined) throw new Error(`${VERSIONS} of ${asked} does not say which version it speaks`);

const bundle = await bundleOf(commit);
const packed = brotliCompressSync(bundle);
const target = join(ROOT, 'test/fixtures/desks', `protocol-${protocol}`);
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'desk.mjs.br'), packed);
writeFileSync(join(target, 'README.md'), readmeOf());
process.stdout.write(`kept the desk of ${commit} in ${target}: ${packed.length} bytes, ${bundle.length} unpacked\n`);

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
}

/** Built from the commit's own tree: what lies about here is no part of it. The packages are those installed here. */
async function bundleOf(tree: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'orderdesk-keep-'));
  try {
    const source = join(folder, 'source');
    const archive = join(folder, 'source.tar');
    mkdirSync(source);
    git('archive', '--output', archive, tree);
    execFileSync('tar', ['-xf', archive, '-C', source]);
    symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'), 'junction');
    await build({
      root: source,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      ssr: { noExternal: true, external: ['better-sqlite3'] },
      build: {
        ssr: PROGRAM,
        outDir: join(folder, 'out'),
        emptyOutDir: true,
        minify: false,
        target: 'node24',
        rolldownOptions: {
          external: ['better-sqlite3'],
          output: {
            format: 'esm',
            codeSplitting: false,
            entryFileNames: 'desk.mjs',
            comments: false,
            minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
          },
        },
      },
    });
    const text = readFileSync(join(folder, 'out/desk.mjs'), 'utf8');
    // Each module's name stands above it, in a folder that has another name each time.
    return Buffer.from(text.replaceAll(`// ${relative(ROOT, source)}/`, '// '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readmeOf(): string {
  return `# The desk of protocol ${protocol}

\`desk.mjs.br\` is \`${PROGRAM}\` of commit ${commit}, bundled, packed with Brotli. Made by

    node scripts/run.mjs scripts/keep-desk.ts ${commit.slice(0, 7)}

SHA-256 of the bundle: ${createHash('sha256').update(bundle).digest('hex')}
`;
}
