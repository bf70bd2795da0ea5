/** Who this desk is and who sits at it, for those who write orders down. */
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { DeviceId, IncarnationId, SessionId, UserId } from '../../src-shared/domain/ids.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { Role } from '../../src-shared/domain/role.ts';

/** What enrolment settled. */
export interface DeskIdentity {
  deviceId: DeviceId;
  deviceName: string;
  incarnationId: IncarnationId;
  incarnationCode: string;
  branch: Branch;
  currency: Currency;
}

/** The person who is signed in, and the key that speaks for that person. */
export interface Signer {
  sessionId: SessionId;
  userId: UserId;
  displayName: string;
  role: Role;
  /** SHA-256 (hex) of the body's UTF-8 bytes and its Ed25519 signature (base64). */
  sign(body: string): { bodyHash: string; signature: string };
}

export interface IdentitySource {
  /** `undefined` until this desk is enrolled. */
  desk(): DeskIdentity | undefined;
  /** `undefined` while nobody is signed in. */
  signer(): Signer | undefined;
}
