/** Faults that were found in central's rows here: kept until a person has acknowledged them and central has heard. */
import type { DeskAlarm } from '../../src-shared/protocol/report.ts';
import { MAX_REPORTED_ALARMS } from '../../src-shared/protocol/limits.ts';
import { perStore, type Store, type StoreReader } from '../store/store.ts';
import { ALARMS_KEPT } from './limits.ts';

/** With each row by what name people know it; empty where nobody does any more. */
export interface KeptAlarm extends Omit<DeskAlarm, 'rows'> {
  rows: (DeskAlarm['rows'][number] & { label: string })[];
}

interface AlarmRow {
  alarm_id: string;
  what: DeskAlarm['what'];
  scope: string;
  kind: string;
  count: number;
  rows: string;
  mended: number;
  at: number;
}

const reading = perStore((store: StoreReader) => ({
  open: store.query<Record<string, never>, AlarmRow>((db) =>
    db.selectFrom('alarm').selectAll().where('acknowledged_at', 'is', null).orderBy('at', 'desc').limit(ALARMS_KEPT),
  ),
  unreported: store.query<Record<string, never>, AlarmRow>((db) =>
    db.selectFrom('alarm').selectAll().where('reported_at', 'is', null).orderBy('at').limit(MAX_REPORTED_ALARMS),
  ),
}));

const writing = perStore((store: Store) => ({
  add: store.command<AlarmRow, never>((db, p) =>
    db.insertInto('alarm').values({
      alarm_id: p.alarm_id,
      what: p.what,
      scope: p.scope,
      kind: p.kind,
      count: p.count,
      rows: p.rows,
      mended: p.mended,
      at: p.at,
    }),
  ),
  prune: store.command<Record<string, never>, never>((db) =>
    db
      .deleteFrom('alarm')
      .where('alarm_id', 'not in', (eb) =>
        eb.selectFrom('alarm').select('alarm_id').orderBy('at', 'desc').limit(ALARMS_KEPT),
      )
      .where('reported_at', 'is not', null)
      .where('acknowledged_at', 'is not', null),
  ),
  report: store.command<{ id: string; at: number }, never>((db, p) =>
    db.updateTable('alarm').set({ reported_at: p.at }).where('alarm_id', '=', p.id),
  ),
  acknowledge: store.command<{ id: string; at: number }, never>((db, p) =>
    db
      .updateTable('alarm')
      .set({ acknowledged_at: p.at })
      .where('alarm_id', '=', p.id)
      .where('acknowledged_at', 'is', null),
  ),
}));

export function keepAlarm(store: Store, alarm: KeptAlarm): void {
  store.transaction((tx) => {
    const { alarmId, what, scope, kind, count, rows, mended, at } = alarm;
    const row = { alarm_id: alarmId, what, scope, kind, count, rows: JSON.stringify(rows), mended: mended ? 1 : 0, at };
    writing(store).add.run(tx, row);
    writing(store).prune.run(tx, {});
  });
}

/** Those that no person has acknowledged, the newest first. */
export function openAlarms(store: StoreReader): KeptAlarm[] {
  return reading(store).open.all({}).map(alarmOf);
}

export function unreportedAlarms(store: StoreReader): DeskAlarm[] {
  // Names of customers and products are no business of a report: central has them itself.
  return reading(store)
    .unreported.all({})
    .map(alarmOf)
    .map(({ alarmId, what, at, kind, scope, count, rows, mended }) => ({
      alarmId,
      what,
      at,
      kind,
      scope,
      count,
      rows: rows.map(({ key, fault }) => ({ key, fault })),
      mended,
    }));
}

export function noteReported(store: Store, alarmIds: readonly string[], nowMs: number): void {
  store.transaction((tx) => {
    for (const id of alarmIds) writing(store).report.run(tx, { id, at: nowMs });
  });
}

/** @returns false when there was no such open alarm. */
export function acknowledgeAlarm(store: Store, alarmId: string, nowMs: number): boolean {
  return store.transaction((tx) => writing(store).acknowledge.run(tx, { id: alarmId, at: nowMs }) > 0);
}

function alarmOf(row: AlarmRow): KeptAlarm {
  return {
    alarmId: row.alarm_id,
    what: row.what,
    at: row.at,
    kind: row.kind,
    scope: row.scope,
    count: row.count,
    rows: JSON.parse(row.rows) as KeptAlarm['rows'],
    mended: row.mended === 1,
  };
}
