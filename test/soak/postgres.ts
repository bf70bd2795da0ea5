/** A PostgreSQL that can be killed and hung, always found at one address: a proxy stands before it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  EMBEDDED_DATABASE,
  EMBEDDED_USER,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src-central/db/embedded-postgres.ts';
import { readPostmaster } from '../../src-central/db/postmaster.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy/fault-proxy.ts';

export interface SoakPostgres {
  /** Through the proxy. */
  url: string;
  line: FaultProxy;
  /** SIGSTOP to the server and all its processes; returns what lets them go on. */
  hang(): Promise<() => void>;
  /** SIGKILL to the server and all its processes, as a power cut would, and a new start. */
  killAndRestart(): Promise<void>;
  /** SIGKILL to one of its processes: the server ends all others and recovers by itself. */
  killOneBackend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSoakPostgres(folder: string, seed: number): Promise<SoakPostgres> {
  const directory = path.join(folder, 'postgres');
  let server: EmbeddedPostgres = await startEmbeddedPostgres(folder);
  const line = await startFaultProxy({ target: server.url, seed });
  const signalAll = async (signal: NodeJS.Signals): Promise<number[]> => {
    const pids = await processesOf(directory);
    for (const pid of pids) tell(pid, signal);
    return pids;
  };
  return {
    url: line.url,
    line,
    hang: async () => {
      const pids = await signalAll('SIGSTOP');
      return () => {
        for (const pid of pids) tell(pid, 'SIGCONT');
      };
    },
    killAndRestart: async () => {
      await signalAll('SIGKILL');
      server = await startEmbeddedPostgres(folder);
      line.retarget(server.url);
    },
    killOneBackend: async () => {
      const [, ...children] = await processesOf(directory);
      for (const pid of children) {
        if (!(await servesCentral(pid))) continue;
        tell(pid, 'SIGKILL');
        return;
      }
    },
    stop: async () => {
      await line.close();
      await server.stop();
    },
  };
}

/** The postmaster first. */
async function processesOf(directory: string): Promise<number[]> {
  const postmaster = await readPostmaster(directory);
  if (!postmaster) return [];
  const { pid } = postmaster;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid, ...children.split(' ').filter(Boolean).map(Number)];
}

/** Not one of the server's own: were that which recovers killed, the server would end, as after `killAndRestart`. */
async function servesCentral(pid: number): Promise<boolean> {
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return title.startsWith(`postgres: ${EMBEDDED_USER} ${EMBEDDED_DATABASE} `);
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
