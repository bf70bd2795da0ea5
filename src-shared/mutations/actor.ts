/** Who did it, from where and when: taken from what was signed, at central never from what the body claims. */
import type { DeviceId, MutationId, UserId } from '../domain/ids.ts';

export interface Actor {
  mutationId: MutationId;
  userId: UserId;
  userName: string;
  deviceId: DeviceId;
  deviceName: string;
  /** Unix milliseconds by the clock of the side that judges. */
  at: number;
  /** Unix milliseconds by the desk's clock when the intent was written down. */
  madeAt: number;
}
