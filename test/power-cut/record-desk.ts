/** Runs the writer under strace and gives what happened on its disk. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiskImage } from './disk.ts';
import { finalImage } from './images.ts';
import type { Fault } from './sabotage.ts';
import { ensureStrace, traceProgram } from './strace.ts';
import { readTrace, type DiskEvent } from './trace.ts';

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

export interface Recording {
  /** How many orders the desk places in its second run, with changes, verdicts and checkpoints between them. */
  orders: number;
  /** Planted into the second run; the first is always sound, so that there is something to lose. */
  fault?: Fault;
  /** What an earlier power cut left, and what the desk had said by then; it takes the first run's place. */
  left?: { files: DiskImage; lines: readonly string[] };
}

/** @throws Error when the trace does not account for every byte in the folder. */
export async function recordDesk({ orders, fault, left }: Recording): Promise<DiskEvent[]> {
  await ensureStrace();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'orderdesk-power-cut-')));
  try {
    const folder = join(root, 'store');
    mkdirSync(folder);
    const acknowledgements = join(root, 'lines');
    const events: DiskEvent[] = left ? eventsThatLeave(left) : [];
    for (const [file, content] of left?.files ?? []) await writeFile(join(folder, file), content);
    const second = ['second', String(orders), ...(fault === undefined ? [] : [fault])];
    for (const args of left ? [second] : [['first', '0'], second]) {
      const trace = await traceProgram(WRITER, [folder, acknowledgements, ...args], join(root, 'trace'));
      events.push(...readTrace(trace, { folder, acknowledgements }));
    }
    await assertComplete(events, folder);
    return events;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** A history that ends in these files, all of them on the disk for certain. */
function eventsThatLeave({ files, lines }: NonNullable<Recording['left']>): DiskEvent[] {
  const saved = [...files].filter(([file]) => !file.endsWith('-shm'));
  const made = saved.flatMap(([file, bytes]): DiskEvent[] => [
    { kind: 'create', file, empties: false },
    { kind: 'write', file, offset: 0, bytes },
    { kind: 'sync', file },
  ]);
  return [...made, { kind: 'syncFolder' }, ...lines.map((line): DiskEvent => ({ kind: 'say', line }))];
}

/** A way of writing that the trace has missed shows here: the files would be other than their history makes them. */
async function assertComplete(events: readonly DiskEvent[], folder: string): Promise<void> {
  const made = finalImage(events);
  const files = (await readdir(folder)).filter((file) => !file.endsWith('-shm'));
  if (files.sort().join() !== [...made.keys()].sort().join()) {
    throw new Error(`record: the folder has ${files.join()}, its history makes ${[...made.keys()].join()}`);
  }
  for (const file of files) {
    if ((await readFile(join(folder, file))).equals(made.get(file) ?? new Uint8Array(0))) continue;
    throw new Error(`record: ${file} has other bytes than its history makes`);
  }
}
