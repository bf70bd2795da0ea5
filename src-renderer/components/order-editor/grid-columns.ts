/** The columns of the order grid, and how they share the width. */
export const COLUMNS = ['number', 'code', 'product', 'unit', 'quantity', 'price', 'amount', 'notes'] as const;
export type ColumnId = (typeof COLUMNS)[number];

/** Where typing does something. */
const TYPED_COLUMNS = ['code', 'product', 'unit', 'quantity', 'price'] as const;
export type TypedColumn = (typeof TYPED_COLUMNS)[number];

/** Where Tab stops. Not at the price: few are typed, and whoever goes there means it. */
export const TAB_COLUMNS = ['code', 'product', 'unit', 'quantity'] as const satisfies TypedColumn[];

const FIXED_PX = { number: 44, code: 112, unit: 64, quantity: 84, price: 104, amount: 116 };
const FIXED_SUM_PX = Object.values(FIXED_PX).reduce((sum, width) => sum + width, 0);
const MIN_PRODUCT_PX = 180;
const MIN_NOTES_PX = 220;
/** The product's share of what the fixed columns leave. */
const PRODUCT_SHARE = 0.46;

export interface ColumnPlace {
  left: number;
  width: number;
}

/** Whole pixels, so that the field over a cell covers it exactly. */
export function placeColumns(totalPx: number): Record<ColumnId, ColumnPlace> {
  const rest = Math.max(totalPx - FIXED_SUM_PX, MIN_PRODUCT_PX + MIN_NOTES_PX);
  const product = Math.max(MIN_PRODUCT_PX, Math.floor(rest * PRODUCT_SHARE));
  const widths: Record<ColumnId, number> = { ...FIXED_PX, product, notes: rest - product };
  const places = {} as Record<ColumnId, ColumnPlace>;
  let left = 0;
  for (const column of COLUMNS) {
    places[column] = { left, width: widths[column] };
    left += widths[column];
  }
  return places;
}

export function isTyped(column: ColumnId): column is TypedColumn {
  return (TYPED_COLUMNS as readonly ColumnId[]).includes(column);
}

/** Where a product is looked for by typing. */
export function isSought(column: ColumnId): boolean {
  return column === 'code' || column === 'product';
}

/** The column a step away, staying inside; the line number is no place to go. */
export function columnBeside(column: ColumnId, step: -1 | 1): ColumnId {
  const at = Math.max(1, Math.min(COLUMNS.length - 1, COLUMNS.indexOf(column) + step));
  return COLUMNS[at] ?? column;
}
