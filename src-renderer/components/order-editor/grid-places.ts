/** Where a key leads in the order grid. Pure. */
import { columnBeside, isSought, TAB_COLUMNS, type ColumnId } from './grid-columns.ts';
import type { GridKey } from './grid-keys.ts';

export interface Place {
  row: number;
  column: ColumnId;
}

export function placeAfter(go: NonNullable<GridKey>, from: Place & { lines: number; page: number }): Place | undefined {
  const { row, column } = from;
  switch (go.go) {
    case 'cell':
      return { row: row + go.rows, column: go.columns === 0 ? column : columnBeside(column, go.columns) };
    case 'rowEdge':
      return { row, column: go.edge === 'first' ? 'code' : 'notes' };
    case 'gridEdge':
      return { row: go.edge === 'first' ? 0 : from.lines - 1, column: 'code' };
    case 'page':
      return { row: row + go.by * from.page, column };
    case 'tab':
      return tabPlace(from, go.by);
    case 'enter':
      return isBeforeQuantity(column) ? { row, column: 'quantity' } : { row: row + 1, column: 'code' };
    default:
      return undefined;
  }
}

function isBeforeQuantity(column: ColumnId): boolean {
  return column === 'unit' || isSought(column);
}

/** Tab goes through the cells that every line needs, line after line. */
function tabPlace({ row, column }: Place, by: -1 | 1): Place {
  const stop = TAB_COLUMNS.findIndex((each) => each === column);
  // From a cell beyond the last of them: to the next line, or back to it.
  const at = stop === -1 ? TAB_COLUMNS.length - (by === 1 ? 0 : 1) : stop + by;
  const beside = TAB_COLUMNS[at];
  if (beside) return { row, column: beside };
  return by === 1 ? { row: row + 1, column: 'code' } : { row: row - 1, column: 'quantity' };
}
