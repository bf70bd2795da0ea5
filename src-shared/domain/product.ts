import { z } from 'zod';
import { productId } from './ids.ts';
import { productUnit, unitCode } from './unit.ts';

export const product = z.object({
  productId,
  /** The code that people type; unique without regard to case. */
  code: z.string().min(1).max(40),
  /** GTIN as printed, digits only, or null. */
  barcode: z.string().max(14).nullable(),
  name: z.string().min(1).max(200),
  /** The name in the other language of the house, or null. */
  nameAlt: z.string().max(200).nullable(),
  /** First letters of the words, pinyin for Chinese, made where the product is written (domain/initials.ts). */
  initials: z.string().max(200),
  baseUnit: unitCode,
  /** Every unit it is sold in, the base unit (factor 1,000) first. */
  units: z.array(productUnit).min(1).max(8),
  /** The smallest amount sold and the grain of every quantity, in thousandths of the base unit: 1,000 for pieces. */
  step: z.int().positive(),
  active: z.boolean(),
  /** Its rate of tax, in basis points (1,300 for 13 %); absent: the house counts no tax on it. */
  taxBasisPoints: z.int().min(0).max(10_000).optional(),
  /** The least that one order takes of it, and what it is taken in multiples of, in thousandths of the base unit. */
  minimumBase: z.int().positive().optional(),
  multipleBase: z.int().positive().optional(),
});
export type Product = z.infer<typeof product>;
