/**
 * Takes a file of rows that are each about one thing, in transactions of BATCH_ROWS.
 *
 * Guarantees: each row gets one verdict. Rows of one key say the same, or the later ones are refused: which of two
 * prices is right is a person's to say. A batch is written whole or not at all; after a failure the same file goes on
 * where it stopped, because what was written is `unchanged` then.
 */
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import type { ColumnMapping } from './columns.ts';
import type { DraftRow, ImportSetting, RowKind } from './kinds/row-kind.ts';
import { BATCH_ROWS } from './limits.ts';
import { Outcomes } from './outcomes.ts';
import { isRefusal, refusal, type Verdict } from './refusal.ts';
import { RowReader } from './row-reader.ts';
import { spokenValue } from './spoken-value.ts';
import type { RowSource } from './source/row-source.ts';
import type { Transact } from './transact.ts';

/** The first row of a key, and what became of it once its batch was through. */
interface FirstRow<Draft> extends DraftRow<Draft> {
  verdict?: Verdict;
  /** Later rows that say the same and wait for its verdict. */
  same: number[];
}

export async function importRows<Draft extends object>(
  kind: RowKind<Draft>,
  { source, mapping, setting }: { source: RowSource; mapping: ColumnMapping; setting: ImportSetting },
  transact: Transact,
): Promise<Outcomes> {
  const outcomes = new Outcomes();
  const firsts = new Map<string, FirstRow<Draft>>();
  let batch: FirstRow<Draft>[] = [];

  const flush = async (): Promise<void> => {
    const taken = batch;
    batch = [];
    if (taken.length === 0) return;
    const verdicts = await transact(kind.lockKeys(setting), (tx) => kind.plan(tx, taken, setting));
    for (const [at, first] of taken.entries()) {
      const verdict = verdicts[at];
      if (verdict === undefined) throw new Error(`row ${first.row} got no verdict`);
      first.verdict = verdict;
      outcomes.record(first.row, verdict);
      for (const row of first.same) outcomes.record(row, isRefusal(verdict) ? verdict : 'unchanged');
    }
  };

  for await (const cells of source.rows()) {
    const reader = new RowReader(cells, mapping);
    const draft = reader.refusal ? undefined : kind.read(reader, setting);
    if (!draft || reader.refusal) {
      outcomes.record(cells.row, reader.refusal ?? refusal('notValid', { field: '', value: '' }));
      continue;
    }
    const key = kind.keyOf(draft);
    const first = firsts.get(key);
    const difference = first && differenceOf(first, draft);
    // What it differs from may itself be refused: then this row is the first that counts.
    if (first && difference && first.verdict === undefined) await flush();
    if (first && difference && first.verdict && !isRefusal(first.verdict)) {
      outcomes.record(cells.row, difference);
    } else if (first && !difference) {
      if (first.verdict === undefined) first.same.push(cells.row);
      else outcomes.record(cells.row, isRefusal(first.verdict) ? first.verdict : 'unchanged');
    } else {
      const fresh: FirstRow<Draft> = { row: cells.row, draft, same: [] };
      firsts.set(key, fresh);
      batch.push(fresh);
      if (batch.length >= (kind.batchRows ?? BATCH_ROWS)) await flush();
    }
  }
  await flush();
  return outcomes;
}

/** What the later draft says otherwise than the first row. */
function differenceOf<Draft extends object>(first: DraftRow<Draft>, draft: Draft): Verdict | undefined {
  const before = first.draft as Record<string, unknown>;
  for (const [field, value] of Object.entries(draft)) {
    if (comparable(field, value) === comparable(field, before[field])) continue;
    return refusal('contradictsRow', {
      row: first.row,
      field,
      here: spokenValue(field, value),
      there: spokenValue(field, before[field]),
    });
  }
  return undefined;
}

const CODES: ReadonlySet<string> = new Set(['code', 'customer', 'group']);

/** The case of a code means nothing. `undefined` of what the row does not say, which is not the same as saying "none". */
function comparable(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return canonicalJson(CODES.has(field) && typeof value === 'string' ? value.toLowerCase() : value);
}
