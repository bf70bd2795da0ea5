/**
 * What enrolment settled, as this file keeps it: who the desk is, and what opens central to it.
 *
 * The device's private key and token stand in the desk's file, which only its owner may read. Handing them to the
 * system's key store is to come; until then a copy of the file is a copy of the desk.
 */
import { z } from 'zod';
import { branch } from '../../src-shared/domain/branch.ts';
import { currency } from '../../src-shared/domain/money.ts';
import { deviceId, incarnationId } from '../../src-shared/domain/ids.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import type { DeskIdentity } from './identity.ts';

const KEY = 'enrolment';

const enrolmentRecord = z.object({
  epoch: z.string(),
  deviceId,
  deviceName: z.string(),
  deviceToken: z.string(),
  privateKey: z.string(),
  incarnationId,
  incarnationCode: z.string(),
  branch,
  currency,
  /** Where central was found; the program's own configuration goes before it. */
  centralUrls: z.array(z.string()),
});
export type EnrolmentRecord = z.infer<typeof enrolmentRecord>;

export function readEnrolment(store: StoreReader): EnrolmentRecord | undefined {
  const text = readMeta(store, KEY);
  return text === undefined ? undefined : enrolmentRecord.parse(JSON.parse(text));
}

export function writeEnrolment(store: Store, tx: WriteTx, record: EnrolmentRecord): void {
  writeMeta(store, tx, { key: KEY, value: JSON.stringify(record) });
}

/** The rows here will be those of another life of central's database. */
export function moveToEpoch(store: Store, tx: WriteTx, epoch: string): void {
  const enrolment = readEnrolment(store);
  if (enrolment) writeEnrolment(store, tx, { ...enrolment, epoch });
}

const branchRow = perStore((store: StoreReader) =>
  store.query<{ branchId: string }, BranchRow>((db, p) =>
    db
      .selectFrom('branch')
      .select(['branch_id as branchId', 'code', 'name', 'warehouse_id as warehouseId', 'time_zone as timeZone'])
      .where('branch_id', '=', p.branchId),
  ),
);

interface BranchRow {
  branchId: string;
  code: string;
  name: string;
  warehouseId: string;
  timeZone: string;
}

/** The branch as the feed last told it goes before what it was at enrolment. */
export function identityOf(store: StoreReader, record: EnrolmentRecord): DeskIdentity {
  const row = branchRow(store).get({ branchId: record.branch.branchId });
  return {
    deviceId: record.deviceId,
    deviceName: record.deviceName,
    incarnationId: record.incarnationId,
    incarnationCode: record.incarnationCode,
    branch: row ? branch.parse(row) : record.branch,
    currency: record.currency,
  };
}
