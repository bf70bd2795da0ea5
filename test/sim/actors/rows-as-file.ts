/** Rows as the importer reads a file: the reading of real files is src-central/import's own to prove. */
import type { RowSource } from '../../../src-central/import/source/row-source.ts';

export function rowsAsFile(header: readonly string[], cells: readonly (readonly string[])[]): RowSource {
  return {
    header,
    readAs: 'UTF-8',
    rowCount: cells.length,
    blankRows: 0,
    trimmedValues: 0,
    rows: async function* rows() {
      for (const [index, each] of cells.entries()) yield { row: index + 2, cells: each };
    },
  };
}
