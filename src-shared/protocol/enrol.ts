/** How a desk becomes known, and how a person signs in on it. */
import { z } from 'zod';
import { branch } from '../domain/branch.ts';
import { currency } from '../domain/money.ts';
import { branchId, deviceId, incarnationId, sessionId, userId } from '../domain/ids.ts';
import { role } from '../domain/role.ts';

/** Ed25519 public keys are sent as base64 of their SubjectPublicKeyInfo (DER). */
const publicKey = z.string().min(40).max(200);

export const enrolRequest = z.object({
  protocol: z.int(),
  /** The short-lived code that an admin gave out; spaces and case don't matter. */
  code: z.string().min(6).max(40),
  deviceName: z.string().min(1).max(60),
  publicKey,
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

export const enrolResponse = z.object({
  epoch: z.string(),
  deviceId,
  deviceName: z.string(),
  /** Bearer token of the device: carries every request of this desk. */
  deviceToken: z.string(),
  incarnationId,
  incarnationCode: z.string(),
  branch,
  /** The house's currency. */
  currency,
});
export type EnrolResponse = z.infer<typeof enrolResponse>;

export const signInRequest = z.object({
  protocol: z.int(),
  userName: z.string().min(1).max(60),
  password: z.string().min(1).max(200),
  /** The key that will sign this session's mutations. */
  publicKey,
});
export type SignInRequest = z.infer<typeof signInRequest>;

export const signInResponse = z.object({
  sessionId,
  userId,
  userName: z.string(),
  displayName: z.string(),
  role,
  /** The branch the user belongs to; null for admins, who belong to all. */
  branchId: branchId.nullable(),
  /** Unix milliseconds by central's clock. */
  expiresAt: z.int(),
  now: z.int(),
  /** Lets the desk show this sign-in to a central that was set back to before it (proof.ts). */
  certificate: z.string().max(100).optional(),
});
export type SignInResponse = z.infer<typeof signInResponse>;
