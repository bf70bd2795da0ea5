/** The poke stream: newline-delimited JSON. It carries no data, only that there is some, and that the line is alive. */
import { z } from 'zod';

export const pokeMessage = z.discriminatedUnion('type', [
  /** First, and then every HEARTBEAT_INTERVAL_MS. */
  z.object({ type: z.literal('heartbeat'), epoch: z.string(), now: z.int() }),
  /** Something in this desk's scopes is behind the gate now: a pull finds it. */
  z.object({ type: z.literal('poke') }),
]);
export type PokeMessage = z.infer<typeof pokeMessage>;
