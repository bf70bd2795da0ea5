/** Who else has an order open to change it, told while the line is there. A hint: nothing is locked by it. */
import { z } from 'zod';
import { orderId, sessionId } from '../domain/ids.ts';

/** `editing`: the session has it open, and says so again within PRESENCE_HOLDS_MS; false: not, or not any more. */
export const orderPresenceRequest = z.object({ protocol: z.int(), orderId, sessionId, editing: z.boolean() });
export type OrderPresenceRequest = z.infer<typeof orderPresenceRequest>;

const editor = z.object({
  userName: z.string(),
  deviceName: z.string(),
  /** Unix milliseconds by central's clock. */
  since: z.int(),
});
export type OrderEditor = z.infer<typeof editor>;

/** Desks of the same branch; whoever asks is not among them. */
export const orderPresenceResponse = z.object({ epoch: z.string(), now: z.int(), others: z.array(editor) });
export type OrderPresenceResponse = z.infer<typeof orderPresenceResponse>;
