/**
 * A sheet of a workbook as rows of text.
 *
 * A number becomes the shortest text that reads as it (2.55, not 2.5499999999999998), with a percent sign where the sheet
 * shows one (it keeps 13 % as 0.13), a date `YYYY-MM-DDTHH:mm` as the
 * sheet shows it, a formula its last result. A cell that is an error in the sheet (#N/A) faults its row.
 */
import { stat } from 'node:fs/promises';
import ExcelJS from 'exceljs';
import { importError } from '../import-error.ts';
import { MAX_FILE_ROWS, MAX_WORKBOOK_BYTES } from '../limits.ts';
import { isBlank, type RowSource, type SourceRow } from './row-source.ts';

/** @param sheet the sheet's name; left out, the first one that has rows. */
export async function openXlsx(file: string, sheet?: string): Promise<RowSource> {
  if ((await stat(file)).size > MAX_WORKBOOK_BYTES) {
    throw importError('tooLarge', { file, maxMegabytes: MAX_WORKBOOK_BYTES / 1_000_000 });
  }
  const workbook = new ExcelJS.Workbook();
  try {
    await workbook.xlsx.readFile(file);
  } catch {
    throw importError('notSpreadsheet', { file });
  }
  const worksheet = chooseSheet(workbook, file, sheet);
  if (worksheet.rowCount - 1 > MAX_FILE_ROWS) throw importError('tooManyRows', { file, max: MAX_FILE_ROWS });
  const header = cellsOf(worksheet, 1).cells.map((cell) => cell.trim());
  if (isBlank(header)) throw importError('noHeader', { file });
  const rows: SourceRow[] = [];
  let blankRows = 0;
  let trimmedValues = 0;
  for (let row = 2; row <= worksheet.rowCount; row += 1) {
    const { cells, faultyCell } = cellsOf(worksheet, row);
    // A sheet has no ends of rows: they end where the header does, or at the last value past it.
    while (cells.length > header.length && cells.at(-1) === '') cells.pop();
    while (cells.length < header.length) cells.push('');
    const trimmed = cells.map((cell) => cell.trim());
    if (isBlank(trimmed)) {
      blankRows += 1;
      continue;
    }
    trimmedValues += cells.reduce((sum, cell, at) => sum + (cell === trimmed[at] ? 0 : 1), 0);
    rows.push({ row, cells: trimmed, ...(faultyCell ? { faultyCell } : {}) });
  }
  return {
    header,
    readAs: worksheet.name,
    rowCount: rows.length,
    blankRows,
    trimmedValues,
    // oxlint-disable-next-line typescript/require-await -- the interface is of files that are streamed
    rows: async function* () {
      yield* rows;
    },
  };
}

function chooseSheet(workbook: ExcelJS.Workbook, file: string, sheet: string | undefined): ExcelJS.Worksheet {
  const chosen = sheet
    ? workbook.worksheets.find((worksheet) => worksheet.name === sheet)
    : workbook.worksheets.find((worksheet) => worksheet.actualRowCount > 0);
  if (chosen) return chosen;
  if (!sheet) throw importError('noHeader', { file });
  const sheets = workbook.worksheets.map((worksheet) => worksheet.name).join(', ');
  throw importError('sheetUnknown', { sheet, sheets });
}

function cellsOf(worksheet: ExcelJS.Worksheet, row: number): { cells: string[]; faultyCell?: SourceRow['faultyCell'] } {
  const cells: string[] = [];
  let faultyCell: SourceRow['faultyCell'];
  worksheet.getRow(row).eachCell({ includeEmpty: true }, (cell, column) => {
    const text = textOfValue(cell.value, cell.numFmt);
    cells[column - 1] = typeof text === 'string' ? text : '';
    if (typeof text !== 'string') faultyCell ??= { column: column - 1, value: text.error };
  });
  for (let column = 0; column < cells.length; column += 1) cells[column] ??= '';
  return faultyCell ? { cells, faultyCell } : { cells };
}

/** @param format the cell's number format; absent of a cell without one. */
function textOfValue(value: ExcelJS.CellValue, format: string | undefined): string | { error: string } {
  if (value === null || value === undefined) return '';
  // Fifteen digits are what a sheet calculates with: 0.07 times a hundred is 7 there.
  if (typeof value === 'number' && format?.includes('%')) return `${Number((value * 100).toPrecision(15))}%`;
  if (value instanceof Date) return textOfDate(value);
  if (typeof value !== 'object') return String(value);
  if ('error' in value) return { error: value.error };
  if ('richText' in value) return value.richText.map((part) => part.text).join('');
  if ('result' in value) return textOfValue(value.result, format);
  if ('formula' in value || 'sharedFormula' in value) return '';
  return 'text' in value ? value.text : '';
}

/** exceljs gives the sheet's wall-clock time as if it were UTC, some microseconds off: a sheet counts in days. */
function textOfDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const text = new Date(Math.round(date.getTime() / 1_000) * 1_000).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 16);
}
