import type { ZodString } from 'zod';
import { isStorableText } from '../../src-shared/domain/order.ts';

/** A code or a name that a person types: another one with a space behind it would look the same. */
export function typedText(text: ZodString): ZodString {
  return text.refine(
    (value) => value === value.trim() && isStorableText(value),
    'has spaces around it or half a character in it',
  );
}
