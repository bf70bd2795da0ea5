/** A screen of its own for windows under test, on Linux: nothing pops up before anybody, and nobody's keys get in. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface VirtualDisplay {
  /** Goes into the environment of what is to be shown there. */
  env: { DISPLAY?: string };
  close(): Promise<void>;
}

const START_DEADLINE_MS = 10_000;

export async function openVirtualDisplay(): Promise<VirtualDisplay> {
  if (process.platform !== 'linux') return { env: {}, close: () => Promise.resolve() };
  // It chooses a free number itself and writes it down. -ac: the desk runs as another user than the test.
  const args = ['-displayfd', '3', '-ac', '-nolisten', 'tcp', '-screen', '0', '1440x900x24'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const number = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Xvfb did not start in time.')), START_DEADLINE_MS);
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    server.once('error', (error) =>
      finish(() => reject(new Error('Install xvfb: Xvfb does not start.', { cause: error }))),
    );
    server.once('exit', (code) => finish(() => reject(new Error(`Xvfb ended at once with ${code}.`))));
    (server.stdio[3] as Readable).once('data', (chunk: Buffer) => finish(() => resolve(chunk.toString().trim())));
  });
  return {
    env: { DISPLAY: `:${number}` },
    close: async () => {
      server.kill();
      await ended;
    },
  };
}
