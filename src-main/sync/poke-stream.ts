/** Reads the poke stream: one JSON object a line, and empty ones between. A line that is none of ours ends it. */
import { pokeMessage, type PokeMessage } from '../../src-shared/protocol/poke.ts';
import { strangerReason } from '../line/stranger.ts';
import { unreachable } from './central-failure.ts';
import { MAX_POKE_LINE_LENGTH } from './limits.ts';

export async function* readPokes(body: AsyncIterable<Uint8Array>): AsyncGenerator<PokeMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  let known = false;
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield readPoke(line, known);
      known = true;
    }
    if (rest.length > MAX_POKE_LINE_LENGTH) throw unreachable('not our server');
  }
}

/** @param known whether the stream was central's so far: then it was changed on the way. */
function readPoke(line: string, known: boolean): PokeMessage {
  if (line === '' && known) return { type: 'beat' };
  try {
    return pokeMessage.parse(JSON.parse(line));
  } catch (cause) {
    throw unreachable(known ? 'garbled' : strangerReason({ status: 200, contentType: '', text: line }), cause);
  }
}
