/**
 * One thread of the proof: makes its share of the images, opens each as a desk would at its next start, and tells what
 * it found. Every thread goes through the same sequence of images, so none has to be handed over.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { crashImages, type ImageChoice } from './images.ts';
import { createImageInspector, type Finding } from './inspect-image.ts';
import type { DiskEvent } from './trace.ts';

export interface ImageShare {
  events: readonly DiskEvent[];
  choice: ImageChoice;
  /** This thread opens every `of`-th different image, beginning with the `nth` from 0. */
  nth: number;
  of: number;
}

/** What was found in the n-th different image. */
export interface ImageFound {
  image: number;
  finding: Finding;
}

function openShare({ events, choice, nth, of }: ImageShare): void {
  const memory = '/dev/shm';
  const scratch = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'orderdesk-power-cut-'));
  try {
    const folder = join(scratch, 'store');
    const inspect = createImageInspector();
    const seen = new Set<string>();
    for (const { key, files } of crashImages(events, choice)) {
      if (seen.has(key)) continue;
      const image = seen.size;
      seen.add(key);
      if (image % of !== nth) continue;
      mkdirSync(folder);
      for (const [file, content] of files()) writeFileSync(join(folder, file), content);
      const found: ImageFound = { image, finding: inspect(folder) };
      parentPort?.postMessage(found, []);
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

openShare(workerData as ImageShare);
