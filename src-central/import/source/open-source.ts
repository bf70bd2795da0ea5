/** Opens a file by what its name says it is: a workbook, else text. */
import { access, constants } from 'node:fs/promises';
import { importError } from '../import-error.ts';
import { openCsv } from './csv-source.ts';
import type { RowSource } from './row-source.ts';
import type { Encoding } from './text-encoding.ts';
import { openXlsx } from './xlsx-source.ts';

/** @throws ImportError when the file isn't there or can't be read to its end. */
export async function openSource(
  file: string,
  options: { encoding?: Encoding | undefined; sheet?: string | undefined } = {},
): Promise<RowSource> {
  await access(file, constants.R_OK).catch(() => {
    throw importError('fileMissing', { file });
  });
  return /\.xlsx$/i.test(file) ? openXlsx(file, options.sheet) : openCsv(file, options.encoding);
}
