/** The rows of a chunk as one text, put together in the bytes that are packed: no string of megabytes in between. */
export function bodyOf(rows: readonly { rev: number; row_text: string }[]): Buffer {
  const heads = rows.map(({ rev }, index) => `${index === 0 ? '' : ',\n'}[${rev},`);
  const length = rows.reduce((sum, { row_text }, index) => {
    return sum + (heads[index]?.length ?? 0) + Buffer.byteLength(row_text) + 1;
  }, 0);
  const body = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const [index, { row_text }] of rows.entries()) {
    at += body.write(heads[index] ?? '', at, 'latin1');
    at += body.write(row_text, at);
    at += body.write(']', at, 'latin1');
  }
  return body;
}
