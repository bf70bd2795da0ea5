/** The desk's own rows out of a copy, or out of any file that SQLite still reads. */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { OwnDraft, OwnRows, OwnSession } from './own-rows.ts';
import { isOutboxState } from './own-rows.ts';
import { provenMutation, readKeys, type SessionKeys } from './proven-mutation.ts';

interface WrittenRow {
  seq: number;
  body: string;
  body_hash: string;
  signature: string;
  answer: string;
  effect: string | null;
  state: string;
  reason: string | null;
  attempts: number;
}

/** @throws SqliteError where it can't be read: another copy then has to do. */
export function readCopy(path: string): OwnRows {
  const sqlite = new SqliteDatabase(path, { readonly: true });
  try {
    // A copy of an older build has no certificates yet.
    const sessions = sqlite
      .prepare<[], OwnSession>('select * from session')
      .all()
      .map((row) => Object.assign(row, { public_key: row.public_key ?? null, certificate: row.certificate ?? null }));
    const keys = readKeys(sessions);
    return {
      from: 'copy',
      mutations: readMutations(sqlite, keys),
      broken: [],
      sessions,
      drafts: sqlite.prepare<[], OwnDraft>('select draft_id, content, updated_at from draft').all(),
      counters: new Map(pairs<number>(sqlite, 'select name, value from counter')),
      meta: new Map(pairs<string>(sqlite, 'select key, value from meta')),
    };
  } finally {
    sqlite.close();
  }
}

function readMutations(sqlite: Database, keys: SessionKeys): OwnRows['mutations'] {
  const rows = sqlite.prepare<[], WrittenRow>(
    `select seq, body, body_hash, signature, answer, effect, state, reason, attempts from outbox
     union all
     select seq, body, body_hash, signature, answer, null, 'settled', null, 1 from journal order by seq`,
  );
  const mutations: OwnRows['mutations'] = [];
  for (const row of rows.iterate()) {
    const { seq, body, body_hash: bodyHash, signature, answer, effect, state, reason, attempts } = row;
    const known = isOutboxState(state) ? state : 'settled';
    const found = { seq, body, bodyHash, signature, answer, effect, state: known, reason, attempts } as const;
    const proven = provenMutation(found, keys);
    if (proven) mutations.push(proven);
  }
  return mutations;
}

function pairs<V>(sqlite: Database, query: string): [string, V][] {
  return sqlite.prepare<[], [string, V]>(query).raw().all();
}
