import type { CheckAnswer } from '../../../src-main/api/desk-services.ts';
import type { Repair } from '../../../src-shared/domain/issue.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import type { DraftLine } from './draft.ts';
import type { ColumnId, ColumnPlace } from './grid-columns.ts';
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
