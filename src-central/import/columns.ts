/** Which column of a file says what: by `--map` where given, else by the names that such files use. */
import { importError } from './import-error.ts';

export interface FieldSpec {
  field: string;
  required: boolean;
  /** Headers by which files name it, lower case, with single underscores for spaces and dashes. */
  aliases: readonly string[];
}

export interface ColumnMapping {
  header: readonly string[];
  /** Field to column, from 0. */
  columns: ReadonlyMap<string, number>;
  /** Headers that nothing is read from. */
  unused: readonly string[];
}

/**
 * @param given field to header, as in `--map`; goes before every alias.
 * @throws ImportError when a named column isn't there, two columns could be one field, or a required field has none.
 */
export function mapColumns(
  header: readonly string[],
  fields: readonly FieldSpec[],
  given: ReadonlyMap<string, string>,
): ColumnMapping {
  const columns = new Map<string, number>();
  for (const [field, column] of given) columns.set(field, givenColumn(field, column, header, fields));
  const taken = new Set(columns.values());
  for (const { field, aliases } of fields) {
    if (columns.has(field)) continue;
    const found = header.flatMap((name, at) => (aliases.includes(normal(name)) && !taken.has(at) ? [at] : []));
    const [first] = found;
    if (first === undefined) continue;
    // A guess between two columns would be a silent one.
    if (found.length > 1) {
      throw importError('columnAmbiguous', { field, columns: found.map((at) => header[at]).join(', ') });
    }
    columns.set(field, first);
    taken.add(first);
  }
  const missing = fields.filter(({ field, required }) => required && !columns.has(field)).map(({ field }) => field);
  if (missing.length > 0) {
    throw importError('fieldsMissing', { fields: missing.join(', '), columns: header.join(', ') });
  }
  return { header, columns, unused: header.filter((_, at) => !taken.has(at)) };
}

function givenColumn(field: string, column: string, header: readonly string[], fields: readonly FieldSpec[]): number {
  if (!fields.some((known) => known.field === field)) {
    throw importError('fieldUnknown', { field, fields: fields.map((known) => known.field).join(', ') });
  }
  const at = header.findIndex((name) => normal(name) === normal(column));
  if (at < 0) throw importError('columnUnknown', { column, columns: header.join(', ') });
  return at;
}

function normal(name: string): string {
  return name
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}
