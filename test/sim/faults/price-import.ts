/**
 * The office imports more prices than 40 transactions of central may hold, by central's own importer, in the midst of
 * everything. It is stopped now and then, or loses its database, and begins anew with the same file: what is written by
 * then is found unchanged. Only in the seeds whose house is large, for it costs as much as several others.
 */
import { randomBytes } from 'node:crypto';
import { isTransientFault } from '../../../src-central/db/transient-fault.ts';
import { importFile } from '../../../src-central/import/import-file.ts';
import { rowsAsFile } from '../actors/rows-as-file.ts';
import { PRICE_IMPORT } from '../limits.ts';
import type { Scene } from '../scene.ts';
import { Violation } from '../violation.ts';
import type { Fault } from './fault.ts';

export const priceImport: Fault = {
  name: 'prices imported',
  weight: 100,
  // Late, for from then on every comparison of a desk with central counts all of them.
  possible: ({ house, steps, office }) =>
    house.unpriced.length > 0 && steps > PRICE_IMPORT.afterStep && !office.importsPrices,
  strike: (scene) => {
    scene.office.importsPrices = true;
    scene.spawn('price import', () => imported(scene));
  },
};

async function imported(scene: Scene): Promise<void> {
  const { world, office, house } = scene;
  const days = Array.from({ length: PRICE_IMPORT.days }, (_, day) => `2026-01-${String(day + 1).padStart(2, '0')}`);
  const cells = house.unpriced.flatMap((code, index) => days.map((day) => [code, `${1 + (index % 90)}.50`, day]));
  const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
  const once = async (signal: AbortSignal): Promise<boolean> => {
    const source = rowsAsFile(['code', 'price', 'valid_from'], cells);
    const request = { kind: 'prices', source, fileName: 'prices.csv', signal } as const;
    const { outcomes } = await office.work((db) => importFile(db, request, clock));
    const refused = outcomes.refusals.size;
    if (refused > 0) throw new Violation(`${refused} of ${cells.length} prices were refused`);
    return true;
  };
  for (let done = false; !done;) {
    const stop = new AbortController();
    if (world.random.chance(PRICE_IMPORT.stopRate)) {
      scene.later(world.random.between(...PRICE_IMPORT.stopAfterMs), () => stop.abort(new StoppedByHand()));
    }
    try {
      done = await once(stop.signal);
    } catch (error) {
      if (!(error instanceof StoppedByHand) && !isTransientFault(error)) throw error;
      world.tally.hit('fault: price import cut off');
    }
  }
  world.tally.hit('fault: 50,000 prices imported');
}

class StoppedByHand extends Error {}
