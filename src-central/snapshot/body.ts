/** The rows of a chunk as one text, put together in the bytes that are packed: no string of megabytes in between. */
export function bodyOf(pieces: readonly { text: string | null; bytes: number }[]): Buffer {
  const some = pieces.filter((piece): piece is { text: string; bytes: number } => piece.text !== null);
  const length = some.reduce((sum, { bytes }) => sum + bytes + SEPARATOR.length, 0);
  const body = Buffer.allocUnsafeSlow(Math.max(0, length - SEPARATOR.length));
  let at = 0;
  for (const { text } of some) {
    if (at > 0) at += body.write(SEPARATOR, at, 'latin1');
    at += body.write(text, at);
  }
  return body;
}

const SEPARATOR = ',\n';
