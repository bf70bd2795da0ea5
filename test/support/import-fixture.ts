/** The importer as tests call it: in this process, with a real clock and real randomness. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { importFile, type ImportReport, type ImportRequest } from '../../src-central/import/import-file.ts';
import { openSource } from '../../src-central/import/source/open-source.ts';

export function fixtureFile(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** @throws Error where the data set is not beside the project: its tests can't be left out. */
export function realFile(): string {
  const file = fileURLToPath(new URL('../../../shared/data/online-retail.csv', import.meta.url));
  if (existsSync(file)) return file;
  throw new Error(`The real file is not there: put the Online Retail excerpt (samples/README.md names it) at ${file}.`);
}

export async function importFrom(
  db: CentralDb,
  file: string,
  request: Omit<ImportRequest, 'source' | 'fileName'>,
): Promise<ImportReport> {
  const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
  return importFile(db, { ...request, source: await openSource(file), fileName: file }, clock);
}

/** Refusals by row, as "code field". */
export function refusalsOf({ outcomes }: ImportReport): Record<number, string> {
  return Object.fromEntries(
    [...outcomes.refusals]
      .sort(([a], [b]) => a - b)
      .map(([row, { code, params }]) => [row, 'field' in params ? `${code} ${params.field}` : code]),
  );
}
