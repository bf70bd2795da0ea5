/** The shared schemas have the last word on every row; what they say becomes the row's refusal. */
import type { ZodType } from 'zod';
import { refusal, type Refusal } from '../refusal.ts';

/** `undefined` when the row is of this shape. Fields are named as in the schema. */
export function schemaRefusal(schema: ZodType, row: object): Refusal | undefined {
  const parsed = schema.safeParse(row);
  const [issue] = parsed.error?.issues ?? [];
  if (!issue) return undefined;
  const field = issue.path.join('.');
  const value: unknown = issue.path.reduce<unknown>(
    (found, part) => (found as Record<PropertyKey, unknown> | undefined)?.[part],
    row,
  );
  if (issue.code === 'too_big' && typeof value === 'string') {
    return refusal('tooLong', { field, length: value.length, max: Number(issue.maximum) });
  }
  return refusal('notValid', { field, value: String(value) });
}
