/** The poke stream: newline-delimited JSON. It carries no data, only that there is some, and that the line is alive. */
import { z } from 'zod';

export const pokeMessage = z.discriminatedUnion('type', [
  /** First; to a desk of version 1 then every HEARTBEAT_INTERVAL_MS, to others beats. */
  z.object({ type: z.literal('heartbeat'), epoch: z.string(), now: z.int() }),
  /** The line is alive. Spelled as an empty line where the desk speaks version 2: it is most of what an idle line carries. */
  z.object({ type: z.literal('beat') }),
  /** Something in this desk's scopes is behind the gate now: a pull finds it. */
  z.object({ type: z.literal('poke') }),
]);
export type PokeMessage = z.infer<typeof pokeMessage>;
