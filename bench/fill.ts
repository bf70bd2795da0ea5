/**
 * `fill`: a new desk of a house of a million rows, from its enrolment until everything is there: replica, indexes and
 * search. Central, PostgreSQL and the desk are processes of their own on loopback; what fill-parts/fill-house.ts says
 * counts as a row. Then a second one, killed in the middle: what it had to fetch again.
 *
 * Reference: the same rows from memory into the same tables and indexes by hand-written better-sqlite3 inserts, in
 * transactions of 5,000, no network and no central.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually, startDeskProgram, type DeskProgram } from '../test/support/programs.ts';
import type { Bench, BenchResult } from './bench.ts';
import { insertByHand } from './fill-parts/by-hand.ts';
import { FULL_SIZE, rowsOf } from './fill-parts/fill-house.ts';
import { openFillOffice, type FillOffice } from './fill-parts/fill-office.ts';

/** A machine that does other things, too, may take its time. */
const WITHIN_MS = 600_000;
/** How it stands is asked this often: the asking is not to be what takes the time. */
const ASK_EVERY_MS = 100;

export const bench: Bench = { name: 'fill', run };

async function run(): Promise<BenchResult> {
  const office = await openFillOffice(FULL_SIZE);
  try {
    const whole = await fillWhole(office);
    const lost = await fillKilled(office);
    const value = rowsOf(FULL_SIZE) / whole.seconds;
    const reference = rowsOf(FULL_SIZE) / insertByHand(whole.file, office.folder);
    return {
      value,
      unit: 'rows/s',
      reference,
      ratio: value / reference,
      note:
        `${rowsOf(FULL_SIZE).toLocaleString('en')} rows of central's in ${whole.seconds.toFixed(1)} s; products ` +
        `searchable after ${whole.searchableSeconds.toFixed(1)} s; the desk's process at most ${whole.peakMb} MB and ` +
        `${whole.processorSeconds.toFixed(1)} s of processor; killed in the middle it lost ${lost} rows of the replica`,
    };
  } finally {
    await office.stop();
  }
}

async function fillWhole(office: FillOffice) {
  const dataDir = path.join(office.folder, 'desk');
  const desk = await startDeskProgram({ centralUrl: office.url, dataDir });
  const last = office.house.products.at(-1);
  if (!last) throw new Error('bench: there are no products');
  const processorBefore = processorSeconds(desk.pid);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  await enrol(office, desk);
  // Whoever searches is somebody who works here, and the fill makes way for them: not before there is something to find.
  await eventually(
    () => desk.api.sync.status.query(),
    ({ fill }) => fill !== null && fill.rows > office.house.products.length,
    { withinMs: WITHIN_MS, everyMs: ASK_EVERY_MS },
  );
  await eventually(
    () => desk.api.products.search.query({ text: last.name, limit: 20 }),
    (hits) => hits.some((hit) => hit.productId === last.productId),
    { withinMs: WITHIN_MS, everyMs: ASK_EVERY_MS },
  );
  const searchableSeconds = seconds();
  await untilFilled(desk);
  const of = { seconds: seconds(), searchableSeconds, file: path.join(dataDir, 'desk.sqlite') };
  const used = { peakMb: peakMb(desk.pid), processorSeconds: processorSeconds(desk.pid) - processorBefore };
  const { equal, different } = await desk.api.sync.verify.query();
  if (!equal) throw new Error(`bench: the desk's rows are not central's: ${different.join(', ')}`);
  await desk.stop();
  return { ...of, ...used };
}

/** @returns rows of the replica that were there before the kill and not after it. */
async function fillKilled(office: FillOffice): Promise<number> {
  const dataDir = path.join(office.folder, 'killed');
  const desk = await startDeskProgram({ centralUrl: office.url, dataDir });
  await enrol(office, desk);
  const status = await eventually(
    () => desk.api.sync.status.query(),
    ({ fill }) => fill !== null && fill.rows > fill.ofRows / 2,
    { withinMs: WITHIN_MS },
  );
  await desk.kill();
  // The address of nobody: it must not go on while it is looked at.
  const after = await startDeskProgram({ centralUrl: 'http://127.0.0.1:9', dataDir });
  const { fill } = await after.api.sync.status.query();
  await after.stop();
  return Math.max(0, (status.fill?.rows ?? 0) - (fill?.rows ?? 0));
}

async function enrol(office: FillOffice, desk: DeskProgram): Promise<void> {
  const code = await office.enrolmentCode();
  await desk.api.session.enrol.mutate({ centralUrl: office.url, code, deviceName: 'Bench' });
}

function untilFilled(desk: DeskProgram): Promise<unknown> {
  return eventually(
    () => desk.api.sync.status.query(),
    (status) => !status.filling && status.asOf !== null,
    { withinMs: WITHIN_MS, everyMs: ASK_EVERY_MS },
  );
}

/** Linux's own word on the largest resident set that the process ever had. */
function peakMb(pid: number): number {
  const kb = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1_024);
}

function processorSeconds(pid: number): number {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.join(') ').split(' ').slice(11, 13).map(Number);
  return (user + system) / 100;
}
