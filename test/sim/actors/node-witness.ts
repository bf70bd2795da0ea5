/** A node's `witness.json`: what it remembers of the database outside of it. A file is read and written in one piece. */
import type { Seen, Witness } from '../../../src-central/identity/witness.ts';

export class NodeWitness implements Witness {
  /** As it lies on the disk; undefined before it was first written. */
  content: Readonly<Seen> | undefined;

  read(): Promise<Seen | undefined> {
    return Promise.resolve(this.content);
  }

  write(now: Seen): Promise<void> {
    this.content = { ...now };
    return Promise.resolve();
  }
}
