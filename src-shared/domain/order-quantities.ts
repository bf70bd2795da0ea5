/** How much may be ordered of a product: whole steps of every line; of the order as a whole a minimum and a multiple. */
import type { ProductId } from './ids.ts';
import { errorIssue, type Issue, type Repair } from './issue.ts';
import type { ProductFacts } from './order-facts.ts';
import {
  greatestCommonDivisor,
  largestQuantityWithin,
  leastCommonMultiple,
  MAX_LINE_QUANTITY_BASE,
  ONE,
  roundUpToStep,
  toBaseQuantity,
} from './quantity.ts';
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
  const max = mostOf(factor);
  if (!Number.isSafeInteger(quantity) || quantity > max) {
    return errorIssue('quantity.tooLarge', path, { params: { max } });
  }
  const quantityBase = toBaseQuantity(quantity, factor);
  if (quantityBase === undefined || quantityBase % step !== 0) {
    const up = roundUpToStep(quantity, factor, step);
    const nearest = up <= max ? up : largestQuantityWithin(MAX_LINE_QUANTITY_BASE, factor, step);
    const repairs: Repair[] = nearest > 0 && nearest <= max ? [{ kind: 'setQuantity', line, quantity: nearest }] : [];
    return errorIssue('quantity.notStep', path, { params: { stepBase: step, nearest }, repairs });
  }
  return { quantity, quantityBase };
}

/**
 * The most that one line may ask for, thousandths of its unit: a million, of the unit and of the base unit. Of a small unit
 * of something dear a million millions would come to more than can be counted.
 */
function mostOf(factor: number): number {
  return Math.min(MAX_LINE_QUANTITY_BASE, Math.floor((MAX_LINE_QUANTITY_BASE / factor) * ONE));
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

/** What the line would have to ask for, thousandths of its unit, with the other lines as they are: the least that is enough. */
function quantityThatMends(line: CountedLine, totalBase: number): number | undefined {
  const { minimumBase = 0, multipleBase = 1 } = line.product;
  const grain = grainOf(line);
  const first = Math.max(0, Math.ceil((minimumBase - totalBase) / grain));
  const more = stepsToMultiple(totalBase + first * grain, grain, multipleBase);
  if (more === undefined) return undefined;
  const factor = factorOfLine(line);
  const wantedBase = line.quantityBase + (first + more) * grain;
  // A grain is a whole number of the unit, or the base unit's own step.
  const quantity = (wantedBase * ONE) / factor;
  return quantity <= mostOf(factor) ? quantity : undefined;
}

/**
 * The least number of steps of `grain` from `from` to a multiple of `multiple`; `undefined` when they never meet. It solves
 * from + steps * grain = 0 modulo multiple, by the inverse of the grain.
 */
function stepsToMultiple(from: number, grain: number, multiple: number): number | undefined {
  const common = greatestCommonDivisor(grain, multiple);
  if (from % common !== 0) return undefined;
  const modulus = BigInt(multiple / common);
  const missing = modulo(-BigInt(from) / BigInt(common), modulus);
  return Number(modulo(missing * inverse(BigInt(grain / common), modulus), modulus));
}

/** Of `a` modulo `m`, which have no common divisor (extended Euclid). */
function inverse(a: bigint, m: bigint): bigint {
  let [r, next] = [m, modulo(a, m)];
  let [t, nextT] = [0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return modulo(t, m);
}

function modulo(value: bigint, m: bigint): bigint {
  return ((value % m) + m) % m;
}

/** By how much the line is best changed, thousandths of the base unit: packs are offered whole, and in whole steps. */
function grainOf(line: CountedLine): number {
  const { step, baseUnit } = line.product;
  return line.unit === baseUnit ? step : leastCommonMultiple(factorOfLine(line), step);
}

function factorOfLine({ product, unit }: CountedLine): number {
  return factorOf(product.units, unit) ?? ONE;
}

/**
 * What a line may take of what is there, thousandths of its unit: whole steps, and with the other lines of its product no
 * less than the minimum and a multiple; 0 when that can't be.
 */
export function quantityWithin(line: CountedLine, availableBase: number, totalBase: number): number {
  const { product, quantityBase } = line;
  const { minimumBase = 0, multipleBase = 1, step } = product;
  const othersBase = totalBase - quantityBase;
  const grain = othersBase === 0 ? leastCommonMultiple(step, multipleBase) : step;
  const factor = factorOfLine(line);
  const quantity = largestQuantityWithin(availableBase, factor, grain);
  const takenBase = othersBase + (toBaseQuantity(quantity, factor) ?? 0);
  return takenBase >= minimumBase && takenBase % multipleBase === 0 ? quantity : 0;
}
