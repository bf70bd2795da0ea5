/** A desk's position in central's feed only goes forward, for as long as the epoch and its file are the same. */
import type { Seat } from '../scene.ts';
import { Violation } from '../violation.ts';

export function checkPosition(seat: Seat): void {
  const { desk } = seat;
  if (!desk.services) return;
  const match = /^([^.]+)\.(\d+)/.exec(desk.cursor());
  if (!match) return;
  const [, epoch = '', digits = '0'] = match;
  const before = seat.position;
  seat.position = { epoch, xid: BigInt(digits) };
  if (before?.epoch === epoch && seat.position.xid < before.xid) {
    throw new Violation(`${desk.name} went back in the feed`);
  }
}
