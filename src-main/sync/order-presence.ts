/** Who else has an order open, as central says while the line is there. */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { OrderEditor, OrderPresenceRequest } from '../../src-shared/protocol/order-presence.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import type { SyncLine } from './sync-line.ts';

/** @returns null where central can't be asked just now: nothing is known then, which is no fault. */
export async function askPresence(
  { transport, token }: SyncLine,
  of: Omit<OrderPresenceRequest, 'protocol'>,
): Promise<OrderEditor[] | null> {
  try {
    const { others } = await transport.orderPresence({ protocol: PROTOCOL_VERSION, ...of }, { token });
    return others;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
