/** Something that goes wrong, or that people at central do: a step of a seed. One file each in this folder. */
import type { Scene } from '../scene.ts';

export interface Fault {
  name: string;
  /** How often, beside people's doings (actors/people.ts). */
  weight: number;
  possible(scene: Scene): boolean;
  /** Happens at once; what goes on after it is spawned. It counts itself in the tally when it has really struck. */
  strike(scene: Scene): void | Promise<void>;
}
