/** Processes of the load benchmark: the light desks, the bare server, and what the kernel says of one. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LightAnswer, LightOrder } from './messages.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface LightDesks {
  tell(order: LightOrder): void;
  report(): Promise<LightAnswer>;
  stop(): void;
}

export function startLightDesks(): LightDesks {
  const child = fork(fileOf('./light-desks.ts'));
  const tell = (order: LightOrder): void => void child.send(order);
  return {
    tell,
    report: async () => {
      tell({ what: 'report' });
      const [answer] = (await once(child, 'message')) as [LightAnswer];
      return answer;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

export async function startBareServer(): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(fileOf('./bare-streams.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: line.toString().replace('listening at ', '').trim(), child };
}

/** Kilobytes of memory that a process has in RAM now. Linux. */
export function residentKb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]);
}
