/**
 * Makes a new file in place of one that can't be trusted: the newest sound copy, with all that the newer copies and the
 * damaged file itself still have of the desk's own.
 *
 * Guarantees: the old file, its WAL and all, lies in `damaged/` afterwards, and nothing of it was written to; whatever
 * is cut short goes on at the next start (marker.ts); every mutation that a copy or the old file has whole is in the new
 * file; what can be read nowhere is listed, with its bytes. The new file asks central for a new incarnation.
 */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { RestoreNotice } from '../api/safety-services.ts';
import { readEnrolment } from '../identity/enrolment-record.ts';
import { beginNewIncarnation } from '../identity/incarnation.ts';
import { renounceAllLeases } from '../replica/leases.ts';
import { outboxStatus } from '../outbox/outbox-status.ts';
import { checkOrders } from '../safety/check-file.ts';
import { BESIDE, namesIn, stampOf, type Copy } from '../safety/desk-folder.ts';
import { makeFolder, moveDurably, syncFile, syncFolder, writeDurably } from '../safety/durable-files.ts';
import { createReserve } from '../safety/reserve.ts';
import { openLocked } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { bringOver, type BroughtOver } from './bring-over.ts';
import { placeBase, readCopies, type ReadCopy } from './copies.ts';
import { LOST_NAMED_MOST, RESTORES_MOST, RESTORES_WITHIN_MS } from './limits.ts';
import { lostRows } from './lost-rows.ts';
import { clearMarker, writeMarker, type RestoreMarker } from './marker.ts';
import { writeNotice } from './notice.ts';
import type { BrokenRow, OwnRows } from './own-rows.ts';
import { openPages } from './page-source.ts';
import type { RestoreParts } from './parts.ts';
import { readKeys } from './proven-mutation.ts';
import { scanPages } from './scan-pages.ts';

const FILE = 'desk.sqlite';

/** @throws AppError DISK_FULL, to be tried again; STORE_DAMAGED when the disk damages the file again and again. */
export function restoreDesk(parts: RestoreParts, wanted: RestoreMarker): void {
  const { folder, platform, at } = parts;
  if (wanted.phase === 'building' && existsSync(folder.file)) {
    clearMarker(folder);
    return;
  }
  const marker = { ...wanted, stamp: wanted.phase === 'wanted' ? stampOf(platform.now()) : wanted.stamp };
  at('found');
  if (marker.phase !== 'building') {
    refuseTooMany(parts);
    writeMarker(folder, { ...marker, phase: 'aside' });
    at('marked');
    setAside(parts, marker.stamp);
    writeMarker(folder, { ...marker, phase: 'building' });
    at('setAside');
  }
  // The room that was kept for an order in need: this is one.
  createReserve(folder.reserve).release();
  build(parts, marker);
  at('built');
  renameSync(folder.restoring, folder.file);
  syncFolder(folder.root);
  at('named');
  clearMarker(folder);
  at('done');
}

function refuseTooMany({ folder, platform }: RestoreParts): void {
  const since = stampOf(platform.now() - RESTORES_WITHIN_MS);
  if (namesIn(folder.damaged).filter((stamp) => stamp > since).length < RESTORES_MOST) return;
  throw new AppError({ code: 'STORE_DAMAGED', retry: 'later', detail: 'again and again' });
}

/** The file goes last: as long as it is there, a WAL that was moved is known to be its. */
function setAside({ folder }: RestoreParts, stamp: string): void {
  const aside = join(folder.damaged, stamp);
  makeFolder(folder.damaged);
  makeFolder(aside);
  for (const beside of [...BESIDE, '']) {
    if (existsSync(folder.file + beside)) moveDurably(folder.file + beside, join(aside, FILE + beside));
  }
}

interface Salvaged {
  copies: ReadCopy[];
  fromFile: OwnRows;
}

function build(parts: RestoreParts, marker: RestoreMarker): void {
  const { folder, platform, at, migrations } = parts;
  const base = placeBase(parts, folder.restoring);
  at('baseCopied');
  const salvaged = salvage(parts, marker.stamp);
  const store = openLocked(folder.restoring, { release: () => undefined }, { platform, migrations });
  let broken: BrokenRow[];
  let brought: BroughtOver;
  try {
    ({ broken, brought } = fill(parts, store, { base, salvaged, marker }));
  } finally {
    store.close();
  }
  at('broughtOver');
  listSalvage(parts, marker, { base, brought, broken });
  at('salvageListed');
  const problems = checkOrders(folder.restoring);
  if (problems.length > 0) throw new Error(`restore: the new file is not sound: ${problems.join('; ')}`);
  syncFile(folder.restoring);
}

function salvage(parts: RestoreParts, stamp: string): Salvaged {
  const aside = join(parts.folder.damaged, stamp);
  const copies = readCopies(parts);
  const keys = readKeys(copies.flatMap(({ rows }) => rows.sessions));
  const pages = openPages({ main: join(aside, FILE), wal: join(aside, `${FILE}-wal`) });
  try {
    return { copies, fromFile: scanPages(pages, keys) };
  } finally {
    pages.close();
  }
}

interface FillWith {
  base: Copy | undefined;
  salvaged: Salvaged;
  marker: RestoreMarker;
}

function fill(
  { folder, platform }: RestoreParts,
  store: Store,
  { base, salvaged: { copies, fromFile }, marker }: FillWith,
): { broken: BrokenRow[]; brought: BroughtOver } {
  const newer = copies.find(({ copy }) => copy.at > (base?.at ?? -Infinity))?.rows;
  // Without any copy the file's own word is all there is.
  const signedIn = newer ?? (base ? undefined : fromFile);
  const rows = [...copies.map((copy) => copy.rows), fromFile];
  const aside = join(folder.damaged, marker.stamp);
  return store.transaction((tx) => {
    const brought = bringOver(store, tx, { rows, signedIn, nowMs: platform.now() });
    const broken = lostRows(
      store,
      fromFile.broken,
      copies.map((copy) => copy.rows),
    );
    beginNewIncarnation(store, tx, { reason: 'restored', nowMs: platform.now() });
    renounceAllLeases(store, tx, platform.now());
    const notice: RestoreNotice = {
      id: marker.stamp,
      at: platform.now(),
      reason: marker.reason,
      base: base ? 'copy' : 'empty',
      baseAt: base?.at ?? null,
      waiting: outboxStatus(store).waiting,
      broughtBack: brought.fromCopies.length + brought.fromSalvage.length,
      lost: broken.slice(0, LOST_NAMED_MOST).map(({ mutationId, number }) => ({ mutationId, number })),
      enrolled: readEnrolment(store) !== undefined,
      // Of a file that was gone there is nothing to look at.
      folder: ['', ...BESIDE].some((beside) => existsSync(join(aside, FILE + beside))) ? aside : null,
    };
    writeNotice(store, tx, notice);
    return { broken, brought };
  });
}

function listSalvage(
  { folder }: RestoreParts,
  { stamp, reason, detail }: RestoreMarker,
  of: { base: Copy | undefined; brought: BroughtOver; broken: BrokenRow[] },
): void {
  const text = JSON.stringify(
    {
      restored: stamp,
      reason,
      detail,
      base: of.base?.path ?? null,
      ...of.brought,
      broken: of.broken.map(({ mutationId, number, bytes }) => ({
        mutationId,
        number,
        base64: bytes.toString('base64'),
      })),
    },
    null,
    1,
  );
  writeDurably(join(folder.damaged, stamp, 'salvage.json'), text);
}

/** For the desk that is running: the next start begins with a restoring. */
export function wantRestore(parts: Pick<RestoreParts, 'folder' | 'platform'>, detail: string): void {
  const stamp = stampOf(parts.platform.now());
  writeMarker(parts.folder, { phase: 'wanted', stamp, reason: 'damaged', detail });
}
