/**
 * What this node remembers of the database outside of it: how far its log was on the disk. Of one timeline that never
 * goes back, not by any crash; where it has, files were put back, which leaves no trace inside.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const seen = z.object({
  epoch: z.string(),
  systemIdentifier: z.string(),
  timeline: z.int(),
  /** Bytes of log, digits. */
  flushed: z.string().regex(/^\d+$/),
});
export type Seen = z.infer<typeof seen>;

export interface Witness {
  read(): Promise<Seen | undefined>;
  write(now: Seen): Promise<void>;
}

/** In a file; one that can't be read says nothing, which is what a new node has, too. */
export function fileWitness(file: string): Witness {
  return {
    read: async () => {
      try {
        const read = seen.safeParse(JSON.parse(await readFile(file, 'utf8')));
        return read.success ? read.data : undefined;
      } catch {
        return undefined;
      }
    },
    write: async (now) => {
      await mkdir(path.dirname(path.resolve(file)), { recursive: true, mode: 0o711 });
      const beside = `${file}.new-${process.pid}`;
      await writeFile(beside, `${JSON.stringify(now)}\n`, { mode: 0o600 });
      await rename(beside, file);
    },
  };
}
