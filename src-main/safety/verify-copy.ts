/** A copy counts only when it has been read: its pages, and every signed text in it. */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { CHECK_MOST_PROBLEMS } from './limits.ts';

/** @throws Error that says what is wrong with it. */
export function verifyCopy(path: string, expected: { mutations: number }): void {
  const copy = new SqliteDatabase(path, { readonly: true });
  try {
    const problems = checkProblems(copy, 'quick_check');
    if (problems.length > 0) throw new Error(`the copy is damaged: ${problems.join('; ')}`);
    const mutations = Number(copy.prepare('select count(*) from outbox').pluck().get());
    if (mutations !== expected.mutations) {
      throw new Error(`the copy has ${mutations} mutations where the file had ${expected.mutations}`);
    }
    const altered = alteredMutations(copy);
    if (altered.length > 0) throw new Error(`the copy has altered mutations: ${altered.slice(0, 3).join(', ')}`);
  } finally {
    copy.close();
  }
}

/** What SQLite finds wrong; of one table when it is named. */
export function checkProblems(sqlite: Database, check: 'quick_check' | 'integrity_check', table?: string): string[] {
  const rows = sqlite.pragma(`${check}(${table === undefined ? CHECK_MOST_PROBLEMS : `"${table}"`})`) as Record<
    string,
    string
  >[];
  return rows.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
}

interface WrittenRow {
  mutation_id: string;
  lane: string;
  name: string;
  state: string;
  reason: string | null;
  body: string;
  body_hash: string;
  answer: string;
}

/**
 * Unsettled mutations whose row is not what was written: pages may be sound and their text not. Those that stand in
 * quarantine for that very reason are known already.
 */
export function alteredMutations(sqlite: Database): string[] {
  const altered: string[] = [];
  const rows = sqlite.prepare<[], WrittenRow>(
    'select mutation_id, lane, name, state, reason, body, body_hash, answer from outbox',
  );
  for (const row of rows.iterate()) {
    if (row.state === 'quarantined' && row.reason?.startsWith('damaged')) continue;
    if (!isAsWritten(row)) altered.push(row.mutation_id);
  }
  return altered;
}

function isAsWritten(row: WrittenRow): boolean {
  if (createHash('sha256').update(row.body).digest('hex') !== row.body_hash) return false;
  try {
    const body = JSON.parse(row.body) as { id: unknown; lane: unknown; name: unknown };
    JSON.parse(row.answer);
    return body.id === row.mutation_id && body.lane === row.lane && body.name === row.name;
  } catch {
    return false;
  }
}
