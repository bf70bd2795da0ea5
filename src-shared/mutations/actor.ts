/** Who did it, from where and when: taken from what was signed, at central never from what the body claims. */
import type { DeviceId, MutationId, UserId } from '../domain/ids.ts';

export interface Actor {
  mutationId: MutationId;
  userId: UserId;
  userName: string;
  /** Null, and `deviceName` empty, for what a person did at central itself. */
  deviceId: DeviceId | null;
  deviceName: string;
  /** Unix milliseconds by the clock of the side that judges. */
  at: number;
  /** Unix milliseconds by the desk's clock when the intent was written down. */
  madeAt: number;
}
