/** Every fault of the scene, but those of single messages (../network/message-faults.ts). */
import { centralCrash, centralCrashAtMoment, centralStop } from './central-crash.ts';
import { centralJob } from './central-jobs.ts';
import { clockJump } from './clock-jump.ts';
import { connectionBreaks, connectionsDie } from './database-faults.ts';
import { deskCopies } from './desk-copies.ts';
import { deskCrash, deskCrashAtMoment } from './desk-crash.ts';
import { backupTaken, databaseRestored, standbyHears, standbyPromoted } from './database-set-back.ts';
import { deskUpdate } from './desk-update.ts';
import { diskFull } from './disk-full.ts';
import type { Fault } from './fault.ts';
import { deskCloned, fileGoesBack, imageKept, profileMoved } from './file-faults.ts';
import { leaseGranted, leaseTakenBack } from './lease-faults.ts';
import { deskLongAway } from './long-absence.ts';
import { newHouseBegins } from './new-house.ts';
import { lineCut, linePartition } from './line-faults.ts';
import { writerStaysOpen } from './open-writer.ts';
import { customerMoves, goodsArrive, grantChanges, pricesChange, termsChanges } from './office-faults.ts';
import { priceImport } from './price-import.ts';
import { userLeaves, userSwitches } from './people-faults.ts';
import { promisedOffline } from './promised-offline.ts';

export const FAULTS: readonly Fault[] = [
  lineCut,
  linePartition,
  deskCrash,
  centralCrash,
  centralStop,
  connectionsDie,
  connectionBreaks,
  writerStaysOpen,
  clockJump,
  diskFull,
  imageKept,
  fileGoesBack,
  deskCloned,
  profileMoved,
  deskUpdate,
  goodsArrive,
  pricesChange,
  customerMoves,
  grantChanges,
  termsChanges,
  centralCrashAtMoment,
  centralJob,
  newHouseBegins,
  deskCrashAtMoment,
  deskCopies,
  deskLongAway,
  priceImport,
  leaseGranted,
  leaseTakenBack,
  promisedOffline,
  userSwitches,
  userLeaves,
  backupTaken,
  standbyHears,
  databaseRestored,
  standbyPromoted,
];
