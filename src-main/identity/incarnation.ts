/**
 * The incarnation: under which name this file speaks, and whose code its order numbers carry.
 *
 * Guarantees: a file that may not be the one that spoke last says so at its next hello and gets a new incarnation there;
 * until then it may go on taking orders, and gives no number that it, or a file it was made from, can have given before.
 */
import { sql } from 'kysely';
import type { IncarnationId } from '../../src-shared/domain/ids.ts';
import { suspicion, type Suspicion } from '../../src-shared/protocol/hello.ts';
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { readEnrolment, writeEnrolment } from './enrolment-record.ts';
import { OFFLINE_NUMBERS_SINCE_MS, OFFLINE_NUMBERS_STEPS } from './limits.ts';

const SUSPECT = 'incarnation.suspect';
const MACHINE = 'machine';

const statements = perStore((store: Store) => ({
  jump: store.command<{ name: string; value: number }, never>(
    (_, p) => sql<never>`insert into counter (name, value) values (${p.name}, ${p.value})
      on conflict (name) do update set value = max(value, excluded.value)`,
  ),
  highest: store.query<Record<string, never>, { seq: number }>(
    () => sql<{ seq: number }>`select max(
      coalesce((select seq from sqlite_sequence where name = 'outbox'), 0),
      coalesce((select max(seq) from outbox), 0), coalesce((select max(seq) from journal), 0)) as seq`,
  ),
  // Upwards past every number there is: no two rows meet on the way, and the order of every lane stays.
  shift: store.command<{ by: number }, never>((_, p) => sql<never>`update outbox set seq = seq + ${p.by}`),
  goOn: store.command<Record<string, never>, never>(
    () => sql<never>`update sqlite_sequence set seq = max(seq, (select coalesce(max(seq), 0) from outbox))
      where name = 'outbox'`,
  ),
}));

/** Why this file may not be the one that spoke last; undefined when there is no doubt. */
export function suspectedOf(store: StoreReader): Suspicion | undefined {
  const read = suspicion.safeParse(readMeta(store, SUSPECT));
  return read.success ? read.data : undefined;
}

/**
 * Marks this file as one that must not go on under its incarnation: it was restored from a backup, or moved to another
 * machine. The next hello gets it a new one.
 *
 * Until then its running numbers go on in a range of their own, by the second: a file that was restored before, or the
 * one that this was copied from, can't have come there (docs/decisions/0009-lives-and-incarnations.md).
 */
export function beginNewIncarnation(store: Store, tx: WriteTx, of: { reason: Suspicion; nowMs: number }): void {
  writeMeta(store, tx, { key: SUSPECT, value: of.reason });
  const enrolment = readEnrolment(store);
  if (!enrolment) return;
  const value = Math.max(0, Math.floor((of.nowMs - OFFLINE_NUMBERS_SINCE_MS) / 1_000)) * OFFLINE_NUMBERS_STEPS;
  statements(store).jump.run(tx, { name: orderCounter(enrolment.incarnationCode), value });
}

/** The counter of an incarnation's running numbers. */
export function orderCounter(incarnationCode: string): string {
  return `order:${incarnationCode}`;
}

/**
 * Takes what central gave. Unsettled mutations get places that no other file can have taken; their ids and their signed
 * texts stay byte for byte.
 */
export function adoptIncarnation(
  store: Store,
  tx: WriteTx,
  given: { incarnationId: IncarnationId; incarnationCode: string },
): void {
  const enrolment = readEnrolment(store);
  const { incarnationId, incarnationCode } = given;
  if (enrolment) writeEnrolment(store, tx, { ...enrolment, incarnationId, incarnationCode });
  const { shift, goOn } = statements(store);
  shift.run(tx, { by: highestSeq(store) });
  goOn.run(tx, {});
  removeMeta(store, tx, SUSPECT);
}

/** The highest place that this file has ever given out. */
export function highestSeq(store: Store): number {
  return statements(store).highest.get({})?.seq ?? 0;
}

/**
 * Notes the machine that this file is on, and that it has moved when it is another than before. A machine without an id
 * says nothing.
 */
export function noteMachine(store: Store, of: { machine: string | null; nowMs: number }): void {
  const { machine, nowMs } = of;
  const before = readMeta(store, MACHINE);
  if (machine === null || machine === before) return;
  store.transaction((tx) => {
    writeMeta(store, tx, { key: MACHINE, value: machine });
    if (before !== undefined) beginNewIncarnation(store, tx, { reason: 'moved', nowMs });
  });
}
