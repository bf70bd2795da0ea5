/** One line of the order grid. Drawn anew only when something on it changed, so that 2,000 lines cost what 20 do. */
import { memo } from 'react';
import { amountText, unitPriceText } from '../amounts.ts';
import { PriceMark } from '../price-mark.tsx';
import { useUnitName } from '../use-unit-name.ts';
import { COLUMNS, type ColumnId } from './grid-columns.ts';
import { GridNotes } from './grid-notes.tsx';
import type { GridRowProps } from './grid-row-props.ts';

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index, columns, issues } = props;
  const unitName = useUnitName();
  const cell = (column: ColumnId) => {
    const worst = issues.find((placed) => placed.at.place === 'line' && placed.at.column === column);
    const classes = ['cell', `cell-${column}`];
    if (worst) classes.push(worst.issue.severity === 'error' ? 'cell-wrong' : 'cell-doubtful');
    return (
      <div
        key={column}
        role="gridcell"
        aria-colindex={COLUMNS.indexOf(column) + 1}
        aria-invalid={worst?.issue.severity === 'error' ? true : undefined}
        className={classes.join(' ')}
        style={columns[column]}
        onMouseDown={(event) => {
          if (column === 'number' || (event.target as HTMLElement).closest('button')) return;
          // The one field keeps the focus: it moves here.
          event.preventDefault();
          props.onCell(index, column);
        }}
      >
        {column === 'notes' ? (
          <GridNotes {...props} />
        ) : (
          <span className="clip">{cellText(column, props, unitName)}</span>
        )}
        {column === 'price' ? (
          <PriceMark own={props.checked?.own ?? false} byHand={props.line.manual?.reason ?? null} />
        ) : null}
      </div>
    );
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={props.active ? 'grid-row grid-row-active' : 'grid-row'}
      style={{ top: props.top }}
    >
      {COLUMNS.map(cell)}
    </div>
  );
});

type CellFacts = Pick<GridRowProps, 'line' | 'index' | 'checked' | 'currency'>;

/** What stands in a cell, as text; the field over the active cell starts with the same. */
export function cellText(column: ColumnId, of: CellFacts, unitName: (unit: string) => string): string {
  const { line, checked, currency } = of;
  switch (column) {
    case 'number':
      return String(of.index + 1);
    case 'code':
      return line.sought ? (line.sought.column === 'code' ? line.sought.text : '') : (line.product?.code ?? '');
    case 'product':
      return line.sought ? (line.sought.column === 'product' ? line.sought.text : '') : (line.product?.name ?? '');
    case 'unit':
      return unitName(line.unit);
    case 'quantity':
      return line.quantity;
    case 'price':
      if (line.manual) return line.manual.price;
      return checked && line.product ? unitPriceText(checked.listUnitPrice, currency) : '';
    case 'amount':
      return checked?.amountMinor == null ? '' : amountText(checked.amountMinor, currency);
    case 'notes':
      return '';
  }
}
