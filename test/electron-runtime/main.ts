/** Prepares the desktop tests' Electron ahead of them: the slowest of their parts, and needing nothing of the build. */
import { prepareElectronRuntime } from '../support/electron-runtime.ts';

await prepareElectronRuntime();
