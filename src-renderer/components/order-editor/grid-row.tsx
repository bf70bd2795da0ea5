/** One line of the order grid. Drawn anew only when something on it changed, so that 2,000 lines cost what 20 do. */
import { memo } from 'react';
import type { CheckAnswer } from '../../../src-main/api/desk-services.ts';
import type { Repair } from '../../../src-shared/domain/issue.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { amountText, quantityText, unitPriceText } from '../amounts.ts';
import { useRepairWords } from '../use-repair-words.ts';
import { useUnitName } from '../use-unit-name.ts';
import type { DraftLine } from './draft.ts';
import { COLUMNS, type ColumnId, type ColumnPlace } from './grid-columns.ts';
import type { PlacedIssue } from './order-request.ts';

export type CheckedRow = NonNullable<CheckAnswer['lines'][number]>;

export interface GridRowProps {
  line: DraftLine;
  index: number;
  top: number;
  active: boolean;
  columns: Record<ColumnId, ColumnPlace>;
  checked: CheckedRow | undefined;
  issues: readonly PlacedIssue[];
  currency: Currency | null;
  onCell: (index: number, column: ColumnId) => void;
  onRepair: (lineKey: string, repair: Repair) => void;
}

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
          <Notes {...props} />
        ) : column === 'price' && props.checked?.own ? (
          <OwnPrice text={cellText(column, props, unitName)} />
        ) : (
          <span className="clip">{cellText(column, props, unitName)}</span>
        )}
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
      return checked && line.product ? unitPriceText(checked.unitPrice, currency) : '';
    case 'amount':
      return checked?.amountMinor == null ? '' : amountText(checked.amountMinor, currency);
    case 'notes':
      return '';
  }
}

function OwnPrice({ text }: { text: string }) {
  const { t } = useText();
  return (
    <span className="own-price" title={t('order.line.ownPrice')}>
      <span className="clip">{text}</span>
      <Icon name="star" filled />
      <span className="sr-only">{t('order.line.ownPrice')}</span>
    </span>
  );
}

function Notes({ line, index, checked, issues, active, onRepair }: GridRowProps) {
  const { t, language } = useText();
  const repairWords = useRepairWords();
  const worst = issues.find((placed) => placed.issue.severity === 'error') ?? issues[0];
  const left =
    checked && line.product ? t('order.line.left', { text: quantityText(Math.max(0, checked.availableBase)) }) : '';
  if (!worst) return <span className="clip dim">{left}</span>;
  const { issue } = worst;
  const sentence = issueText(issue, language);
  return (
    <span className={`notes tone-${issue.severity === 'error' ? 'needs' : 'waiting'}`}>
      <Icon name={issue.severity === 'error' ? 'alert' : 'clock'} />
      <span className="clip notes-words" title={sentence}>
        {issue.code === 'stock.short' ? left : sentence}
      </span>
      {issue.repairs.map((repair, at) => {
        const words = repairWords(repair, { currency: null });
        return (
          <button
            key={repair.kind}
            type="button"
            tabIndex={-1}
            className="repair"
            aria-label={t('repair.forLine', { line: index + 1, what: words })}
            onClick={() => onRepair(line.key, repair)}
          >
            {words}
            {at === 0 && active ? <kbd>Alt+R</kbd> : null}
          </button>
        );
      })}
    </span>
  );
}
