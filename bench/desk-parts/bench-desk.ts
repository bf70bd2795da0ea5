/** A desk in a process of its own (desk-process.ts), as a benchmark drives it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Ask, Reply } from './messages.ts';

export interface BenchDesk {
  dataDir: string;
  pid: number;
  /** One at a time. @throws what the desk failed at. */
  ask<W extends keyof Ask>(what: W, of: Ask[W]): Promise<Answer[W]>;
  end(): Promise<void>;
}

export async function startBenchDesk(): Promise<BenchDesk> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-bench-desk-'));
  const child = fork(fileURLToPath(new URL('desk-process.ts', import.meta.url)));
  return {
    dataDir,
    pid: child.pid ?? 0,
    ask: async <W extends keyof Ask>(what: W, of: Ask[W]): Promise<Answer[W]> => {
      child.send({ what, of });
      const [reply] = (await once(child, 'message')) as [Reply];
      if ('failed' in reply) throw new Error(`the desk failed at "${what}": ${reply.failed}`);
      return reply.answer as Answer[W];
    },
    end: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
