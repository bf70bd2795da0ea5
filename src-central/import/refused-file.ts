/**
 * The list of refused rows, beside the file: its own columns, the row's number and the reason. Written anew each time;
 * where nothing was refused, one of an earlier run is removed, for it would tell of faults that are mended.
 */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import type { Refusal } from './refusal.ts';
import { refusalText } from './refusal-text.ts';
import type { RowSource } from './source/row-source.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** `orders.csv` becomes `orders.refused.csv`, also from `orders.xlsx` and `orders.csv.gz`. */
export function refusedFileOf(file: string): string {
  return file.replace(/(\.csv|\.tsv|\.txt|\.xlsx)?(\.gz)?$/i, '') + '.refused.csv';
}

export async function writeRefused(
  file: string,
  { source, refusals }: { source: RowSource; refusals: ReadonlyMap<number, Refusal> },
  language: Language,
): Promise<void> {
  if (refusals.size === 0) {
    await rm(file, { force: true });
    return;
  }
  const out = createWriteStream(file);
  const put = async (cells: readonly string[]): Promise<void> => {
    if (!out.write(`${cells.map(quoted).join(',')}\r\n`)) await once(out, 'drain');
  };
  // Spreadsheets take a file without this mark for one in the system's encoding.
  out.write('\uFEFF');
  await put([...source.header, 'row', 'reason']);
  for await (const { row, cells } of source.rows()) {
    const refused = refusals.get(row);
    if (!refused) continue;
    const whole = source.header.map((_, at) => cells[at] ?? '');
    const extra = cells.slice(source.header.length);
    await put([...whole, String(row), refusalText(refused, language), ...extra]);
  }
  out.end();
  await once(out, 'finish');
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
