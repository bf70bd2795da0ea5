/** A mutation as a person at central makes it: written down like a desk's, vouched for by central itself. */
import { hash, randomBytes } from 'node:crypto';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import type { MutationId, SessionId } from '../../src-shared/domain/ids.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { MUTATIONS, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import type { MutationBody } from '../../src-shared/protocol/mutation.ts';
import type { User } from '../identity/sign-in.ts';
import type { Candidate } from '../mutations/judge-batch.ts';
import type { OfficeDevice } from './office-device.ts';

export interface OfficeMutationParts {
  by: User;
  office: OfficeDevice;
  intent: MutationIntent;
  lane: string;
  dependsOn: readonly string[];
  /** Of the desk file that gave the order its number. */
  incarnationCode: string;
  at: number;
}

export function newActId(at: number): MutationId {
  return uuidV7(at, randomBytes(10)) as MutationId;
}

export function officeMutation(of: OfficeMutationParts): Candidate {
  const { by, office, intent, at } = of;
  const body: MutationBody = {
    id: newActId(at),
    incarnationId: office.incarnationId,
    lane: of.lane,
    dependsOn: of.dependsOn as MutationBody['dependsOn'],
    name: intent.name,
    schemaVersion: MUTATIONS[intent.name].schemaVersion,
    args: intent.args,
    businessDate: businessDay(at, office.device.branch.timeZone),
    madeAt: at,
    // There is no key: who did it is in office_act. The form wants a session, and the person's own id is a true one.
    sessionId: by.userId as string as SessionId,
  };
  const text = JSON.stringify(body);
  return {
    body,
    intent,
    pushed: { id: body.id, seq: null, body: text, bodyHash: hash('sha256', text) },
    signed: {
      userId: by.userId,
      displayName: by.displayName,
      role: by.role,
      userBranchId: by.branchId,
      invalid: null,
      incarnationCode: of.incarnationCode,
      atOffice: true,
    },
  };
}
