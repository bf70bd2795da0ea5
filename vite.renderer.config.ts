/**
 * The renderer's build: the same files for the desktop program and the browser host. Paths are relative, so that they
 * work from any origin; the host puts its nonce in place of `%CSP_NONCE%` with every page it serves.
 */
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('src-renderer', import.meta.url));
const outDir = fileURLToPath(new URL('out/renderer', import.meta.url));

export default defineConfig({
  root,
  base: './',
  plugins: [react()],
  html: { cspNonce: '%CSP_NONCE%' },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'chrome140',
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'vendor', test: /node_modules[\\/](antd|@ant-design|@rc-component|rc-)/ }] },
      },
    },
  },
});
