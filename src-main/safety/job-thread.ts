/** The keeper's thread, started with its first job and again should it ever end. */
import { Worker } from 'node:worker_threads';
import type { KeeperJob, KeeperResult } from './keeper-jobs.ts';
import type { AnsweredJob, AskedJob } from './keeper-thread.ts';

export interface JobThread {
  /** @throws JobFailed */
  run(job: KeeperJob): Promise<KeeperResult>;
  close(): Promise<void>;
}

export class JobFailed extends Error {
  /** SQLite's or the system's. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  resolve: (result: KeeperResult) => void;
  reject: (error: JobFailed) => void;
}

export function createJobThread(program: string | URL): JobThread {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const start = (): Worker => {
    // Not this thread's flags: they may name a loader that only its starter has.
    const started = new Worker(program, { execArgv: [] });
    // It must not keep a program alive that has nothing else to do.
    started.unref();
    started.on('message', (answer: AnsweredJob) => {
      const job = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('result' in answer) job?.resolve(answer.result);
      else job?.reject(new JobFailed(answer.error, answer.code));
    });
    const ended = (why: string): void => {
      if (worker === started) worker = undefined;
      for (const job of waiting.values()) job.reject(new JobFailed(why, ''));
      waiting.clear();
    };
    started.on('error', (error) => ended(String(error)));
    started.on('exit', (code) => ended(`the thread ended with ${code}`));
    return started;
  };
  return {
    run: (job) => {
      worker ??= start();
      lastId += 1;
      const id = lastId;
      const answer = new Promise<KeeperResult>((resolve, reject) => waiting.set(id, { resolve, reject }));
      // Nothing is handed over: the job is copied.
      worker.postMessage({ id, job } satisfies AskedJob, []);
      return answer;
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}
