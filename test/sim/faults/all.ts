/** Every fault of the scene, but those of single messages (../network/message-faults.ts). */
import { centralCrash, centralStop } from './central-crash.ts';
import { clockJump } from './clock-jump.ts';
import { connectionBreaks, connectionsDie } from './database-faults.ts';
import { deskCrash } from './desk-crash.ts';
import { deskUpdate } from './desk-update.ts';
import { diskFull } from './disk-full.ts';
import type { Fault } from './fault.ts';
import { deskCloned, fileGoesBack, imageKept, profileMoved } from './file-faults.ts';
import { leaseGranted, leaseTakenBack } from './lease-faults.ts';
import { lineCut, linePartition } from './line-faults.ts';
import { customerMoves, goodsArrive, grantChanges, pricesChange } from './office-faults.ts';
import { userLeaves, userSwitches } from './people-faults.ts';

export const FAULTS: readonly Fault[] = [
  lineCut,
  linePartition,
  deskCrash,
  centralCrash,
  centralStop,
  connectionsDie,
  connectionBreaks,
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
  leaseGranted,
  leaseTakenBack,
  userSwitches,
  userLeaves,
];
