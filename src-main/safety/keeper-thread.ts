/** The program of the keeper's thread: one job after another, each answered under its number. */
import { parentPort } from 'node:worker_threads';
import { runKeeperJob, type KeeperJob, type KeeperResult } from './keeper-jobs.ts';

export interface AskedJob {
  id: number;
  job: KeeperJob;
}

export type AnsweredJob = { id: number } & ({ result: KeeperResult } | { error: string; code: string });

const port = parentPort;
let before: Promise<void> = Promise.resolve();

port?.on('message', ({ id, job }: AskedJob) => {
  before = inTurn(before, async () => port.postMessage(await answered(id, job), []));
});

async function inTurn(turn: Promise<void>, job: () => Promise<void>): Promise<void> {
  await turn;
  await job();
}

async function answered(id: number, job: KeeperJob): Promise<AnsweredJob> {
  try {
    return { id, result: await runKeeperJob(job) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error), code };
  }
}
