/** A real desk in the bench house: enrolled, signed in, filled. And what a person would place on it. */
import { createUser } from '../../src-central/identity/create-user.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { BENCH_PASSWORD, type BenchHouse } from '../push-parts/bench-house.ts';
import type { BenchDesk } from './bench-desk.ts';
import type { NewOrder } from './messages.ts';

/** The house's rows must be in its feed (tell-of-house.ts). Leaves the desk open. */
export async function openShop(house: BenchHouse, desk: BenchDesk, userName: string): Promise<void> {
  const { branchId } = house.ids;
  await createUser(house.central, {
    userName,
    displayName: userName,
    role: 'clerk',
    branchId,
    password: BENCH_PASSWORD,
  });
  const code = await createEnrolmentCode(house.central, { branchId, ttlMinutes: 10 });
  await desk.ask('open', { dataDir: desk.dataDir, centralUrl: house.url });
  await desk.ask('enrol', { centralUrl: house.url, code, userName, password: BENCH_PASSWORD });
  await desk.ask('filled', {});
}

/** Orders as they are given to a desk: it finds number and prices itself. */
export function newOrders(house: BenchHouse, count: number, lines: number): NewOrder[] {
  return house.makeOrders(count, lines).map((order) => ({
    orderId: order.orderId,
    customerId: order.customerId,
    note: order.note,
    lines: order.lines.map(({ productId, unit, quantity }) => ({ productId, unit, quantity: quantity / 1_000 })),
  }));
}
