/** What a kind of file is made of, where each row is about one thing (all kinds but orders). */
import type { Selectable } from 'kysely';
import type { Branch } from '../../../src-shared/domain/branch.ts';
import type { CentralTransaction, PriceListTable } from '../../db/schema.ts';
import type { FieldSpec } from '../columns.ts';
import type { House } from '../house.ts';
import type { Verdict } from '../refusal.ts';
import type { RowReader } from '../row-reader.ts';

export interface ImportSetting {
  house: House;
  /** For rows that name none. */
  branch: Branch | undefined;
  /** What a product's code looks like; rows with another are refused. */
  codePattern: RegExp | undefined;
  /** The file's own name, for the history of what it made. */
  fileName: string;
  /** Lists that this file has asked for, by owner: a dry run's later batches find them nowhere else. */
  newLists: Map<string, Selectable<PriceListTable>>;
  /** Unix milliseconds by central's clock. */
  now(): number;
  /** A new id, UUIDv7. */
  newId(): string;
}

/** What a batch of rows comes to, decided in the transaction's snapshot. */
export interface Plan {
  /** One a row, in order. */
  verdicts: Verdict[];
  /** Writes what the verdicts say, with its changes; left out in a dry run. */
  write(): Promise<void>;
}

export interface DraftRow<Draft> {
  row: number;
  draft: Draft;
}

export interface RowKind<Draft extends object> {
  fields: readonly FieldSpec[];
  /** Rows that are written together, where not the limits': one that may change several others takes fewer. */
  batchRows?: number;
  /** Keys of writeTransaction: who writes the same rows. */
  lockKeys(setting: ImportSetting): string[];
  /** What the row says by itself; nothing where `reader.refusal` says why not. */
  read(reader: RowReader, setting: ImportSetting): Draft | undefined;
  /** Rows of one key are about the same thing, and have to say the same of it. */
  keyOf(draft: Draft): string;
  plan(tx: CentralTransaction, rows: readonly DraftRow<Draft>[], setting: ImportSetting): Promise<Plan>;
}
