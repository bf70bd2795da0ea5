/** A file as rows of text. Reading it again gives the same rows: the refused ones are written from a second reading. */

export interface SourceRow {
  /** As a spreadsheet counts: the header is row 1. A record with line breaks in a quoted value is one row. */
  row: number;
  /** One a column, without the spaces around them. More or fewer than the header has are kept as they are. */
  cells: readonly string[];
  /** The value of a cell that a spreadsheet itself calls an error (`#N/A`), where there is one. */
  faultyCell?: { column: number; value: string };
}

export interface RowSource {
  header: readonly string[];
  /** What the person should know about how the file was read: `UTF-8`, `GB18030`, a sheet's name. */
  readAs: string;
  /** Rows after the header, blank ones not counted. */
  rowCount: number;
  blankRows: number;
  /** Values that had spaces around them, which are not part of the value. */
  trimmedValues: number;
  /** Rows after the header, without blank ones. */
  rows(): AsyncIterable<SourceRow>;
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '');
}
