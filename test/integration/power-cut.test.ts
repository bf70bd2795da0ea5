/**
 * Law 1: once the desk has said "saved", no power cut takes the order. A killed process proves nothing of that kind,
 * because the kernel keeps what the process has written; so a desk's disk traffic is recorded, the disks that a power
 * cut could have left of it are made, and each is opened (test/power-cut). Linux alone, for it needs strace.
 *
 * A proof that can't fail is none: the same is done to desks with a planted fault, and to records from which a kind of
 * sync was taken away, and each of these must be found out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crashImages, type ImageChoice } from '../power-cut/images.ts';
import { provePowerCuts, reportLine, type ProofReport } from '../power-cut/proof.ts';
import { recordDesk, type Recording } from '../power-cut/record-desk.ts';
import { FAULTS } from '../power-cut/sabotage.ts';
import { FIRST_ORDERS, readSaid } from '../power-cut/said.ts';
import type { DiskEvent } from '../power-cut/trace.ts';

const FULL = process.env['ORDERDESK_FULL'] === '1';
const SEED = 20_261_123;
const ORDERS = FULL ? 60 : 24;
const THOROUGH: ImageChoice = FULL
  ? { seed: SEED, cutShare: 1, randomPerCut: 2, sweepMost: 40 }
  : { seed: SEED, cutShare: 1, randomPerCut: 0.25, sweepMost: 4 };
/** Enough to find a fault: most disks that a faulty desk leaves show it. */
const FEW_ORDERS = 6;
const QUICK: ImageChoice = { seed: SEED, cutShare: 0.03, randomPerCut: 0.5, sweepMost: 2 };
const AFTER_FIRST: ImageChoice = { seed: SEED, cutShare: 1, randomPerCut: 0.5, sweepMost: 2 };
const TIMEOUT_MS = FULL ? 1_800_000 : 120_000;

const lines: string[] = [];

async function prove(title: string, events: readonly DiskEvent[], choice: ImageChoice): Promise<ProofReport> {
  const report = await provePowerCuts(events, choice);
  lines.push(reportLine(title, report));
  return report;
}

/** Torn remains of the desk's first run, in which it has made itself known and placed its first orders. */
function leftByFirstCut(events: readonly DiskEvent[], most: number): NonNullable<Recording['left']>[] {
  const said = events.filter((event) => event.kind === 'say').map(({ line }) => line);
  const after = said.findIndex((line) => readSaid(line).said === 'order');
  const torn = [...crashImages(events, { ...AFTER_FIRST, randomPerCut: 1 })].filter(
    (image) => image.how.startsWith('random') && image.said > after && image.said < after + FIRST_ORDERS,
  );
  const step = Math.max(1, Math.floor(torn.length / most));
  return torn
    .filter((_, n) => n % step === 0)
    .slice(0, most)
    .map((image) => ({ files: image.files(), lines: said.slice(0, image.said) }));
}

afterAll(() => {
  process.stdout.write(`${lines.join('\n')}\n`);
});

describe('a power cut', { timeout: TIMEOUT_MS }, () => {
  let recorded: readonly DiskEvent[];

  beforeAll(async () => {
    recorded = await recordDesk({ orders: ORDERS });
  }, TIMEOUT_MS);

  test('finds a desk at every stage: WAL begun, overwritten, moved into the file, removed', () => {
    const count = (fits: (event: DiskEvent) => boolean): number => recorded.filter(fits).length;
    const wal = 'desk.sqlite-wal';
    expect(count((of) => of.kind === 'create' && of.file === 'desk.sqlite-journal')).toBeGreaterThan(0);
    // Each beginning of a WAL writes its header anew, also over an old one.
    expect(count((of) => of.kind === 'write' && of.file === wal && of.offset === 0)).toBeGreaterThan(5);
    expect(count((of) => of.kind === 'unlink' && of.file === wal)).toBeGreaterThan(1);
    expect(count((of) => of.kind === 'write' && of.file === 'desk.sqlite')).toBeGreaterThan(100);
  });

  test('takes no order that the desk has called saved, and leaves none by half', async () => {
    const report = await prove('as it is', recorded, THOROUGH);
    expect(report).toMatchObject({ lost: 0, losing: 0, unopened: 0, torn: 0, strange: 0, examples: [] });
    expect(report.promised).toBeGreaterThan(ORDERS);
    expect(report.images).toBeGreaterThan(1_500);
  });

  test('takes nothing more when it comes a second time, while the desk gets over the first', async () => {
    for (const left of leftByFirstCut(recorded, FULL ? 12 : 1)) {
      const events = await recordDesk({ orders: FEW_ORDERS, left });
      const report = await prove(`after an earlier one at line ${left.lines.length}`, events, AFTER_FIRST);
      expect(report).toMatchObject({ lost: 0, losing: 0, unopened: 0, torn: 0, strange: 0, examples: [] });
      expect(report.promised).toBeGreaterThan(FEW_ORDERS);
    }
  });

  test.concurrent.for([
    ['the WAL', (of: DiskEvent) => of.kind === 'sync' && of.file === 'desk.sqlite-wal'],
    ['the file', (of: DiskEvent) => of.kind === 'sync' && of.file === 'desk.sqlite'],
    ['the folder', (of: DiskEvent) => of.kind === 'syncFolder'],
  ] as const)('would take orders if the desk did not sync %s', async ([what, isIt]) => {
    const without = recorded.filter((event) => !isIt(event));
    const report = await prove(`without syncing ${what}`, without, QUICK);
    expect(report.lost).toBeGreaterThan(0);
  });

  test.concurrent.for(FAULTS)('is seen to break a desk with the fault %s', async (fault) => {
    const report = await prove(fault, await recordDesk({ orders: FEW_ORDERS, fault }), QUICK);
    if (fault === 'no-transactions') expect(report.torn).toBeGreaterThan(0);
    else expect(report.lost).toBeGreaterThan(0);
  });
});
