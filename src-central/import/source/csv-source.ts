/**
 * CSV as rows: streamed, in any encoding we know, with comma, semicolon or tab between the values.
 *
 * Guarantees: the whole file is read once before this answers, so a file that can't be read to its end is refused
 * before anything of it is written.
 */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { importError } from '../import-error.ts';
import { MAX_FILE_ROWS, MAX_RECORD_LENGTH } from '../limits.ts';
import { isBlank, type RowSource, type SourceRow } from './row-source.ts';
import { detectEncoding, textOf, type Encoding } from './text-encoding.ts';

const DELIMITERS = [',', ';', '\t'] as const;

/** @throws ImportError when the file can't be read as CSV to its end. */
export async function openCsv(file: string, encoding?: Encoding): Promise<RowSource> {
  const readAs = encoding ?? (await detectEncoding(file));
  const delimiter = await detectDelimiter(file, readAs);
  const source: RowSource = {
    header: [],
    readAs: readAs === 'gb18030' ? 'GB18030' : readAs.toUpperCase(),
    rowCount: 0,
    blankRows: 0,
    trimmedValues: 0,
    rows: () => dataRows(file, readAs, delimiter),
  };
  for await (const { row, cells } of records(file, readAs, delimiter)) {
    const trimmed = cells.map((cell) => cell.trim());
    if (row === 1) source.header = trimmed;
    else if (isBlank(trimmed)) source.blankRows += 1;
    else {
      source.rowCount += 1;
      source.trimmedValues += cells.reduce((sum, cell, at) => sum + (cell === trimmed[at] ? 0 : 1), 0);
    }
    if (source.rowCount > MAX_FILE_ROWS) throw importError('tooManyRows', { file, max: MAX_FILE_ROWS });
  }
  if (isBlank(source.header)) throw importError('noHeader', { file });
  return source;
}

async function* dataRows(file: string, encoding: Encoding, delimiter: string): AsyncIterable<SourceRow> {
  for await (const { row, cells } of records(file, encoding, delimiter)) {
    const trimmed = cells.map((cell) => cell.trim());
    if (row > 1 && !isBlank(trimmed)) yield { row, cells: trimmed };
  }
}

async function* records(
  file: string,
  encoding: Encoding,
  delimiter: string,
): AsyncIterable<{ row: number; cells: string[] }> {
  const parser = parse({
    delimiter,
    // A quote within a value (7" frame) is a character of it. A row with other than the header's columns is not the
    // parser's to mend: it comes out as it is and is refused with its number.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: MAX_RECORD_LENGTH,
  });
  const text = Readable.from(textOf(file, encoding));
  text.on('error', (error) => parser.destroy(error));
  let row = 0;
  try {
    for await (const cells of text.pipe(parser) as AsyncIterable<string[]>) {
      row += 1;
      yield { row, cells };
    }
  } catch (error) {
    if (error instanceof CsvError) throw importError('badQuotes', { file, row: row + 1 });
    throw error;
  }
}

/** The one that the first line has most of, outside quotes. */
async function detectDelimiter(file: string, encoding: Encoding): Promise<string> {
  let head = '';
  for await (const text of textOf(file, encoding)) {
    head += text;
    if (head.includes('\n') || head.length > MAX_RECORD_LENGTH) break;
  }
  const line = (head.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  let best: string = DELIMITERS[0];
  for (const delimiter of DELIMITERS) {
    if (line.split(delimiter).length > line.split(best).length) best = delimiter;
  }
  return best;
}
