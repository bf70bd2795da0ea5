/** What a desk's screens show, after each change of its file: every saved order, under its number, in a named state. */
import { lineGrossMinor } from '../../../src-shared/domain/order-totals.ts';
import type { SyncState } from '../../../src-shared/protocol/sync-state.ts';
import type { Scene, Seat } from '../scene.ts';
import { Violation } from '../violation.ts';

/** Waiting, settled, or wanting a person. */
const NAMED: ReadonlySet<SyncState> = new Set(['waiting', 'sent', 'held', 'applied', 'refused', 'quarantined']);
/** More orders than a seed makes. */
const ALL = 10_000;

export function checkScreens({ numbers }: Scene, seat: Seat): void {
  const { desk, saved } = seat;
  if (!desk.services || saved.size === 0) return;
  const rows = new Map(
    desk.use((services) => services.orders.list({ offset: 0, limit: ALL })).rows.map((row) => [row.orderId, row]),
  );
  for (const order of saved.values()) {
    const { orderId, number } = order;
    const row = rows.get(orderId);
    if (!row) throw new Violation(`order ${number} is not to be seen on ${desk.name}`);
    if (row.number !== number) numbers.changed(seat, order, row.number);
    if (!NAMED.has(row.sync)) throw new Violation(`order ${number} is ${row.sync} on ${desk.name}`);
  }
}

/** Totals and lines of every order that a desk shows; dearer, so only at quiet points. */
export function checkTotals(seat: Seat): void {
  const { desk } = seat;
  desk.use((services) => {
    for (const { orderId, number } of services.orders.list({ offset: 0, limit: ALL }).rows) {
      const order = services.orders.get(orderId, 'en');
      // Only its head is known here: a step of it was written down, and central was set back to before it.
      if (order.history.length === 0) continue;
      const sum = order.lines.reduce((total, line) => total + lineGrossMinor(line), 0);
      if (sum !== order.totalMinor) {
        throw new Violation(`${number} on ${desk.name} has total ${order.totalMinor}, lines ${sum}`);
      }
    }
  });
}
