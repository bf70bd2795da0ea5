/** How much may be ordered of a product: whole steps of every line; of the order as a whole a minimum and a multiple. */
import type { ProductId } from './ids.ts';
import { errorIssue, type Issue, type Repair } from './issue.ts';
import type { ProductFacts } from './order-facts.ts';
import { MAX_LINE_QUANTITY_BASE, ONE, roundUpToStep, toBaseQuantity } from './quantity.ts';
import { factorOf } from './unit.ts';

export interface Measured {
  /** Thousandths of the unit, and of the base unit. */
  quantity: number;
  quantityBase: number;
}

/**
 * Both measures of a quantity, or the issue that says why it is none.
 *
 * @param quantity as AskedLine has it.
 * @param factor   of the line's unit.
 */
export function measure(
  { quantity, line }: { quantity: number | undefined; line: number },
  factor: number,
  step: number,
): Measured | Issue {
  const path = ['lines', line, 'quantity'];
  if (quantity === undefined) return errorIssue('quantity.notANumber', path);
  if (Number.isNaN(quantity)) return errorIssue('quantity.tooPrecise', path);
  if (quantity <= 0) return errorIssue('quantity.notPositive', path);
  // Unsafe integers fail here too: their BigInt is far past the limit.
  if (
    !Number.isSafeInteger(quantity) ||
    BigInt(quantity) * BigInt(factor) > BigInt(MAX_LINE_QUANTITY_BASE) * BigInt(ONE)
  ) {
    return errorIssue('quantity.tooLarge', path, {
      params: { max: Math.floor((MAX_LINE_QUANTITY_BASE / factor) * ONE) },
    });
  }
  const quantityBase = toBaseQuantity(quantity, factor);
  if (quantityBase === undefined || quantityBase % step !== 0) {
    const up = roundUpToStep(quantity, factor, step);
    const params = { stepBase: step, nearest: up };
    return errorIssue('quantity.notStep', path, {
      params,
      repairs: [{ kind: 'setQuantity', line, quantity: up }],
    });
  }
  return { quantity, quantityBase };
}

/** A line whose quantity is one. */
export interface CountedLine extends Measured {
  /** Its place on the order, from 0. */
  index: number;
  productId: ProductId;
  unit: string;
  product: ProductFacts;
}

/**
 * What the order as a whole has too little of, or no multiple of. Case and piece of one product count together; the
 * issue stands on the line that is most finely cut, for that is the one that mends it best.
 */
export function orderQuantityIssues(lines: readonly CountedLine[]): Issue[] {
  const products = new Map<ProductId, CountedLine[]>();
  for (const line of lines) {
    const { minimumBase, multipleBase } = line.product;
    if (minimumBase === undefined && multipleBase === undefined) continue;
    const others = products.get(line.productId);
    if (others) others.push(line);
    else products.set(line.productId, [line]);
  }
  return [...products.values()].flatMap((ofOne) => productIssue(ofOne) ?? []);
}

function productIssue(lines: readonly CountedLine[]): Issue | undefined {
  const finest = lines.reduce((best, line) => (grainOf(line) < grainOf(best) ? line : best));
  const { minimumBase = 0, multipleBase = 1 } = finest.product;
  const totalBase = lines.reduce((sum, { quantityBase }) => sum + quantityBase, 0);
  if (totalBase >= minimumBase && totalBase % multipleBase === 0) return undefined;
  const repairs: Repair[] = [];
  const quantity = quantityThatMends(finest, totalBase);
  if (quantity !== undefined) repairs.push({ kind: 'setQuantity', line: finest.index, quantity });
  repairs.push({ kind: 'removeLine', line: finest.index });
  const path = ['lines', finest.index, 'quantity'];
  return totalBase < minimumBase
    ? errorIssue('quantity.belowMinimum', path, { params: { minimumBase, totalBase }, repairs })
    : errorIssue('quantity.notMultiple', path, { params: { multipleBase, totalBase }, repairs });
}

/** Steps that are tried at most; a product whose pack and multiple meet no sooner gets no such repair. */
const MAX_TRIED = 2_000;

/** What the line would have to ask for, thousandths of its unit, with the other lines as they are: the least that is enough. */
function quantityThatMends(line: CountedLine, totalBase: number): number | undefined {
  const { minimumBase = 0, multipleBase = 1 } = line.product;
  const grain = grainOf(line);
  const first = Math.max(0, Math.ceil((minimumBase - totalBase) / grain));
  for (let more = first; more < first + MAX_TRIED; more += 1) {
    const wanted = line.quantityBase + more * grain;
    if (wanted > MAX_LINE_QUANTITY_BASE) return undefined;
    if ((totalBase + more * grain) % multipleBase !== 0) continue;
    // A grain is a whole number of the unit, or the base unit's own step.
    return (wanted * ONE) / factorOfLine(line);
  }
  return undefined;
}

/** By how much the line is best changed, thousandths of the base unit: packs are offered whole. */
function grainOf(line: CountedLine): number {
  return line.unit === line.product.baseUnit ? line.product.step : factorOfLine(line);
}

function factorOfLine({ product, unit }: CountedLine): number {
  return factorOf(product.units, unit) ?? ONE;
}
