/** Reads what was typed as a quantity, also with the unit behind it ("3箱", "3c"). */
import { factorOf, type ProductUnit } from '../../../src-shared/domain/unit.ts';

/** The ways to name a unit by typing, besides its code and its first letter. */
const SPOKEN: Record<string, readonly string[]> = { piece: ['件', '个', 'pc', 'pcs'], case: ['箱', 'cs', 'ctn'] };

export interface ReadQuantity {
  /** A number where it is one, else the text as it was typed: the rules then say what is wrong with it. */
  quantity: number | string | null;
  /** The unit that was typed behind the number, where the product is sold by it. */
  unit?: string;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e\d{1,3})?$/i;

export function readQuantity(typed: string, units: readonly ProductUnit[]): ReadQuantity {
  const text = typed.normalize('NFKC').replaceAll('。', '.').trim();
  if (text === '') return { quantity: null };
  if (NUMBER.test(text)) return { quantity: Number(text) };
  const parts = /^(\d+(?:\.\d*)?|\.\d+)\s*(\p{L}+)$/u.exec(text);
  const unit = parts?.[2] === undefined ? undefined : matchUnit(parts[2], units);
  return unit === undefined ? { quantity: typed } : { quantity: Number(parts?.[1]), unit };
}

/** The unit that a word or its beginning names; `undefined` when it names none of the product's. */
export function matchUnit(typed: string, units: readonly ProductUnit[]): string | undefined {
  const word = typed.normalize('NFKC').trim().toLowerCase();
  if (word === '') return undefined;
  if (factorOf(units, word) !== undefined) return word;
  const spoken = units.find(({ unit }) => SPOKEN[unit]?.includes(word));
  return (spoken ?? units.find(({ unit }) => unit.startsWith(word)))?.unit;
}

/** The unit after this one, round and round. */
export function nextUnit(unit: string, units: readonly ProductUnit[]): string {
  const at = units.findIndex((candidate) => candidate.unit === unit);
  return units[(at + 1) % Math.max(units.length, 1)]?.unit ?? unit;
}
