/** The laws, asked of real programs at a quiet point: what people were told against what is there. */
import { sql } from 'kysely';
import { brokenLaws } from '../sim/central-invariants.ts';
import { eventually, type DeskApi } from '../support/programs.ts';
import type { Ledger, Told } from './ledger.ts';
import { DRAIN_WITHIN_MS } from './limits.ts';
import type { SoakDesk, Stage } from './stage.ts';

/** Until nothing waits any more on any desk, with nobody touching anything. Returns how long that took. */
export async function drained(stage: Stage): Promise<number> {
  const began = performance.now();
  for (const desk of stage.desks) {
    await eventually(
      () => api(desk).sync.status.query(),
      (status) => status.waiting === 0 && status.link === 'online' && !status.filling,
      { withinMs: DRAIN_WITHIN_MS - (performance.now() - began), everyMs: 100 },
    );
  }
  return performance.now() - began;
}

/** What breaks the laws; empty when all is well. Only where nothing is under way. */
export async function violations(stage: Stage, ledger: Ledger): Promise<string[]> {
  const found = [...(await brokenLaws(stage.db)), ...(await doubledNumbers(stage)), ...(await undone(stage, ledger))];
  for (const desk of stage.desks) {
    const { equal, different } = await api(desk).sync.verify.query();
    if (!equal) found.push(`desk ${desk.index}: its replica differs from central in ${different.join(', ')}`);
  }
  for (const told of ledger.saved()) found.push(...(await ofOrder(stage, told)));
  return found;
}

function api({ program, index }: SoakDesk): DeskApi {
  if (!program) throw new Error(`desk ${index} does not run`);
  return program.api;
}

async function doubledNumbers({ db }: Stage): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`
    select number from sales_order group by number having count(*) > 1`.execute(db);
  return rows.map(({ number }) => `the number ${number} was given twice`);
}

/** Every acknowledged mutation has its one receipt, and no mutation has one that nobody asked for. */
async function undone({ db }: Stage, ledger: Ledger): Promise<string[]> {
  const { rows } = await sql<{ lane: string; receipts: number }>`
    select lane, count(*)::int as receipts from receipt group by lane`.execute(db);
  const receipts = new Map(rows.map(({ lane, receipts: count }) => [lane, count]));
  const found: string[] = [];
  for (const { orderId, acknowledged, unanswered } of ledger.orders.values()) {
    const count = receipts.get(`order:${orderId}`) ?? 0;
    if (count >= acknowledged && count <= acknowledged + unanswered) continue;
    found.push(
      `order ${orderId}: ${acknowledged} changes were saved (${unanswered} more unknown), ${count} have a receipt`,
    );
  }
  return found;
}

/** The desk that said "saved" still shows it, under the number that it said, settled or waiting for a person. */
async function ofOrder({ desks }: Stage, { orderId, desk, number }: Told): Promise<string[]> {
  const at = desks[desk];
  if (!at) return [];
  try {
    const order = await api(at).orders.get.query({ orderId });
    const found: string[] = [];
    if (order.number !== number) found.push(`order ${orderId}: told ${number}, shown ${order.number}`);
    if (!SETTLED.has(order.sync)) found.push(`order ${orderId} is ${order.sync} though nothing waits`);
    return found;
  } catch (error) {
    return [`order ${orderId} (${number}) is not on the desk that saved it: ${String(error)}`];
  }
}

const SETTLED = new Set(['applied', 'refused', 'superseded']);

/** What the database has come to, for the report. */
export async function outcomesAt({ db }: Stage): Promise<Record<string, number>> {
  const verdicts = await sql<{ verdict: string; count: number }>`
    select verdict, count(*)::int as count from receipt group by verdict`.execute(db);
  const orders = await sql<{ status: string; count: number }>`
    select status, count(*)::int as count from sales_order group by status`.execute(db);
  return Object.fromEntries([
    ...verdicts.rows.map(({ verdict, count }) => [`receipts: ${verdict}`, count]),
    ...orders.rows.map(({ status, count }) => [`orders: ${status}`, count]),
  ]) as Record<string, number>;
}

export async function postgresVersion({ db }: Stage): Promise<string> {
  const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db);
  return rows[0]?.server_version ?? 'unknown';
}
