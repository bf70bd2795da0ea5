/**
 * Another program writes to the cluster and takes its time: until it ends, what was committed after it began is not
 * behind the gate, and no desk sees it. Central may say that there is news only when it can be seen.
 */
import { sql } from 'kysely';
import { WRITER_OPEN_MS } from '../limits.ts';
import type { Scene } from '../scene.ts';
import type { Fault } from './fault.ts';

export const writerStaysOpen: Fault = {
  name: 'a writer stays open',
  weight: 3,
  possible: ({ nodes }) => nodes.some((node) => node.up),
  strike: (scene) => {
    openWriter(scene, scene.world.random.between(...WRITER_OPEN_MS));
  },
};

/** @returns whether it has begun to write, and when it has ended, which it does by itself. */
export function openWriter(scene: Scene, forMs: number): { began: () => boolean; ended: () => boolean } {
  const { office, world } = scene;
  let state: 'coming' | 'open' | 'ended' = 'coming';
  scene.spawn('writer', async () => {
    try {
      await office.work((db) =>
        db.transaction().execute(async (tx) => {
          await sql`select pg_current_xact_id()`.execute(tx);
          state = 'open';
          world.tally.hit('fault: a writer stays open');
          await new Promise((resolve) => setTimeout(resolve, forMs));
        }),
      );
    } finally {
      state = 'ended';
    }
  });
  return { began: () => state !== 'coming', ended: () => state === 'ended' };
}
