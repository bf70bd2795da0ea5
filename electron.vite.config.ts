/**
 * The desktop program's build: main and the local server's process into `out/main`, the preload script into
 * `out/preload`, the renderer (vite.renderer.config.ts, as the browser host serves it too) into `out/renderer`.
 *
 * CommonJS, because a sandboxed preload script can be nothing else. Everything is bundled but better-sqlite3, which
 * brings a native binding: less to ship, and less to read at start.
 */
import { defineConfig } from 'electron-vite';
import renderer from './vite.renderer.config.ts';

const output = { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } as const;
const external = ['better-sqlite3'];

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          main: 'src-main/shell/main.ts',
          'local-server-process': 'src-main/shell/local-server-process.ts',
          'chunk-worker': 'src-main/fill/chunk-worker.ts',
          'keeper-thread': 'src-main/safety/keeper-thread.ts',
        },
        external,
        output,
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: { input: { preload: 'src-main/shell/preload/preload.ts' }, output },
    },
  },
  renderer: {
    ...renderer,
    build: {
      ...renderer.build,
      rolldownOptions: { ...renderer.build?.rolldownOptions, input: 'src-renderer/index.html' },
    },
  },
});
