/**
 * Which encoding a text file is in. Decided over the whole file, strictly: a file that starts in ASCII and turns out
 * to be GB18030 on its last line is GB18030, and one that is neither is refused, not read with replacement characters.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ImportError, importError } from '../import-error.ts';

export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The bytes of a file, unpacked when its name ends in `.gz`. */
export async function* bytesOf(file: string): AsyncIterable<Uint8Array> {
  const bytes = createReadStream(file);
  if (!file.endsWith('.gz')) {
    yield* bytes as AsyncIterable<Buffer>;
    return;
  }
  const unpacked = createGunzip();
  bytes.on('error', (error) => unpacked.destroy(error));
  yield* bytes.pipe(unpacked) as AsyncIterable<Buffer>;
}

/** The text of a file without its byte order mark. @throws ImportError `notText` at the first byte that is not of it. */
export async function* textOf(file: string, encoding: Encoding): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of bytesOf(file)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw importError('notText', { file, encoding });
    throw error;
  }
}

/** @throws ImportError `notText` when the file is in none of the encodings we read. */
export async function detectEncoding(file: string): Promise<Encoding> {
  for await (const bytes of bytesOf(file)) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
    break;
  }
  for (const encoding of ['utf-8', 'gb18030'] as const) if (await isIn(file, encoding)) return encoding;
  throw importError('notText', { file, encoding: 'UTF-8, GB18030' });
}

async function isIn(file: string, encoding: Encoding): Promise<boolean> {
  try {
    // A zero byte is valid in both, and in no text: a workbook under a wrong name ends here.
    for await (const text of textOf(file, encoding)) if (text.includes('\0')) return false;
    return true;
  } catch (error) {
    if (error instanceof ImportError) return false;
    throw error;
  }
}
