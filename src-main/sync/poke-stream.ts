/** Reads the poke stream: one JSON object a line. A line that is none of ours means that this is not central. */
import { pokeMessage, type PokeMessage } from '../../src-shared/protocol/poke.ts';
import { unreachable } from './central-failure.ts';
import { MAX_POKE_LINE_LENGTH } from './limits.ts';

export async function* readPokes(response: Response): AsyncGenerator<PokeMessage> {
  if (!response.body) throw unreachable('not our server');
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield readPoke(line);
    if (rest.length > MAX_POKE_LINE_LENGTH) throw unreachable('not our server');
  }
}

function readPoke(line: string): PokeMessage {
  try {
    return pokeMessage.parse(JSON.parse(line));
  } catch (cause) {
    throw unreachable('not our server', cause);
  }
}
