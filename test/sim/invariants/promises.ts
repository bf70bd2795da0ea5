/**
 * What a desk has shown as promised is there when central comes to judge it. The one exception: the lease that it was
 * promised from, or one that took its remainder, was taken back by name; whoever did that was told what it means
 * (docs/protocol.md, Leases). Not held to it are two copies of one file while neither has been told: they hold one lease.
 */
import { sql } from 'kysely';
import type { Scene, Seat } from '../scene.ts';

/** Of an order that was just saved. */
export function notePromise({ world, office, seats }: Scene, seat: Seat, orderId: string): void {
  if (seat.past.untold && seats.some((other) => other !== seat && other.past.untold)) return;
  const [intent] = seat.desk.ask(
    `select mutation_id, effect ->> 'promised' as promised from outbox where lane = ? order by seq desc limit 1`,
    `order:${orderId}`,
  );
  if (typeof intent?.['mutation_id'] !== 'string' || intent['promised'] !== 1) return;
  const held = seat.desk.ask(
    `select lease_id from stock_lease where lease_id not in (select lease_id from renounced_lease)`,
  );
  world.tally.hit('outcome: saved as promised');
  seat.promises.set(intent['mutation_id'], {
    number: seat.saved.get(orderId)?.number ?? orderId,
    takenBackBefore: new Set(office.takenBack),
    heldLeases: new Set(held.map((row) => String(row['lease_id']))),
  });
}

interface ShortRow {
  mutation_id: string;
  issues: unknown;
  taken_back: string[];
}

/** Promised, and refused for stock all the same. */
export async function brokenPromises({ world, seats, lawsDb }: Scene): Promise<string[]> {
  const broken: string[] = [];
  for (const { desk, promises } of seats) {
    const { rows } = await sql<ShortRow>`
      select r.mutation_id, r.issues, array(
        select l.lease_id::text from stock_lease l where l.device_id = r.device_id and l.released_by is not null
      ) as taken_back
      from receipt r
      where r.mutation_id = any(${[...promises.keys()]}::uuid[]) and r.verdict = 'refused'
        and r.issues @> '[{"code": "stock.short"}]'`.execute(lawsDb);
    for (const { mutation_id: id, issues, taken_back: takenBack } of rows) {
      const promise = promises.get(id);
      if (!promise) continue;
      if (takenBack.some((lease) => promise.heldLeases.has(lease) || !promise.takenBackBefore.has(lease))) {
        world.tally.hit('outcome: a promise could not be kept, for its lease was taken back by name');
        promises.delete(id);
      } else broken.push(`${promise.number} was promised by ${desk.name} and refused: ${JSON.stringify(issues)}`);
    }
  }
  return broken;
}
