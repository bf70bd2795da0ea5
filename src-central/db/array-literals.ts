/**
 * PostgreSQL's array literals, made in one go. The client's own way goes through every value a character at a time, and
 * that was the largest part of what a push cost this program.
 */

/** Of UUIDs, which need no quotes. Only for values that are known to be such: from the database or a schema. */
export function uuidArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => value ?? 'null').join(',')}}`;
}

export function integerArray(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'null').join(',')}}`;
}

export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'null' : quoted(value))).join(',')}}`;
}

function quoted(value: string): string {
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, String.raw`\$&`)}"` : `"${value}"`;
}

/** The record separator: JSON text never holds it bare, for control characters are escaped in it. */
export const JSON_SEPARATOR = '\u001e';

/**
 * JSON texts for `string_to_array($1, JSON_SEPARATOR, '')`, which spares escaping every quote in them. `null` becomes
 * the empty text there, and NULL by the third argument.
 */
export function jsonList(texts: readonly (string | null)[]): string {
  return texts.map((text) => text ?? '').join(JSON_SEPARATOR);
}
