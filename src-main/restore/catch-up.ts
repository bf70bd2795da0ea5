/**
 * A file may be sound and yet lack what was saved: it was set back, or its WAL was cut short. The copies know, for they
 * are made within seconds of an order, and once more at every orderly end.
 */
import SqliteDatabase from 'better-sqlite3';
import { beginNewIncarnation } from '../identity/incarnation.ts';
import { readEnrolment } from '../identity/enrolment-record.ts';
import { renounceAllLeases } from '../replica/leases.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { stampOf } from '../safety/desk-folder.ts';
import type { Store } from '../store/store.ts';
import { bringOver } from './bring-over.ts';
import { readCopies } from './copies.ts';
import { lostRows } from './lost-rows.ts';
import { writeNotice } from './notice.ts';
import type { OwnRows } from './own-rows.ts';
import type { RestoreParts } from './parts.ts';

/** Whether a copy of this very desk has something waiting that the file knows nothing of. Asked at every start: quick. */
export function isBehindCopy({ folder, warn }: RestoreParts, copy: string): boolean {
  try {
    // What is attached to a connection that can't write can't be written either.
    const sqlite = new SqliteDatabase(folder.file, { readonly: true });
    try {
      sqlite.prepare('attach ? as copy').run(copy);
      const lacking = sqlite
        .prepare(
          `select count(*) from copy.outbox as kept
           where not exists (select 1 from main.outbox where mutation_id = kept.mutation_id)
             and not exists (select 1 from main.journal where mutation_id = kept.mutation_id)
             and not exists (select 1 from main.receipt where mutation_id = kept.mutation_id)
             and coalesce((select json_extract(value, '$.deviceId') from copy.meta where key = 'enrolment'), '')
               = coalesce((select json_extract(value, '$.deviceId') from main.meta where key = 'enrolment'), '')`,
        )
        .pluck()
        .get();
      return Number(lacking) > 0;
    } finally {
      sqlite.close();
    }
  } catch (error) {
    warn(`restore: the copy ${copy} can't be compared`, error);
    return false;
  }
}

/** Brings over what is lacking. Where there was something, central is asked for a new incarnation and a person is told. */
export function catchUpWithCopies(parts: RestoreParts, store: Store, tail: readonly OwnRows[]): void {
  const { platform, warn } = parts;
  const nowMs = platform.now();
  const copies = readCopies(parts).map((copy) => copy.rows);
  const rows = [...copies, ...tail];
  store.transaction((tx) => {
    const { fromCopies, fromSalvage } = bringOver(store, tx, { rows, signedIn: undefined, nowMs });
    const broughtBack = fromCopies.length + fromSalvage.length;
    if (broughtBack === 0) return;
    warn(`restore: the file lacked ${broughtBack} mutations that were saved`);
    beginNewIncarnation(store, tx, { reason: 'restored', nowMs });
    renounceAllLeases(store, tx, nowMs);
    writeNotice(store, tx, {
      id: stampOf(nowMs),
      at: nowMs,
      reason: 'behind',
      base: 'own',
      baseAt: null,
      waiting: outboxStatus(store).waiting,
      broughtBack,
      lost: lostRows(
        store,
        tail.flatMap((each) => each.broken),
        copies,
      ).map(({ mutationId, number }) => ({ mutationId, number })),
      enrolled: readEnrolment(store) !== undefined,
      folder: null,
    });
  });
}
