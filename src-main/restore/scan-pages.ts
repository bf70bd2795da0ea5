/**
 * Finds the desk's own rows in the pages of a damaged file: on every page, in every version, whatever the trees above
 * say, for a tree that is broken at its root still has its leaves. A row is known by its shape and proven by what is in
 * it. Where a page's own list of cells can't be believed, records are looked for byte by byte.
 *
 * It also finds rows that were settled or deleted long ago. That does no harm: whoever takes them over asks the copy
 * and central's receipts first, and an order that is sent again gets its first verdict.
 */
import { isOutboxState, numberIn, type BrokenRow, type OwnMutation, type OwnRows } from './own-rows.ts';
import type { PageSource } from './page-source.ts';
import {
  isSignedBy,
  provenMutation,
  readKey,
  readKeys,
  type FoundRow,
  type SessionKey,
  type SessionKeys,
} from './proven-mutation.ts';
import { listedCells, readHead, readRecord, readValues, type Cell, type RecordHead, type Value } from './record.ts';

/** `type` of a text of so many bytes in a record's head. */
const UUID_TYPE = 13 + 2 * 36;
const HASH_TYPE = 13 + 2 * 64;
const OUTBOX_COLUMNS = 16;
const JOURNAL_COLUMNS = 10;
const SESSION_COLUMNS = 10;
const DRAFT_COLUMNS = 3;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** No desk gives out more; a larger one is garbled. */
const LARGEST_COUNTER = 999_000_000_000;
/** How many versions of the pages that a row goes on in are tried. */
const MOST_VERSIONS = 4;

/** @param keys sessions' keys that are known from elsewhere. */
export function scanPages(pages: PageSource, keys: SessionKeys): OwnRows {
  const scan = new Scan(pages);
  for (let page = 1; page <= pages.pages; page += 1) scan.page(page);
  return scan.rows(keys);
}

/** The same of those pages only that the WAL has something to say about. */
export function scanWal(pages: PageSource, keys: SessionKeys): OwnRows {
  const scan = new Scan(pages);
  for (const page of pages.inWal) scan.page(page);
  return scan.rows(keys);
}

/** A row that has the outbox's or the journal's shape, with the other texts that its bytes may have been. */
interface Candidate {
  tries: FoundRow[];
  bytes: Buffer;
  isListed: boolean;
}

type ReadRow = (values: readonly Value[], cell: Cell) => FoundRow | undefined;

class Scan {
  readonly #pages: PageSource;
  readonly #candidates: Candidate[] = [];
  readonly #own: Pick<OwnRows, 'sessions' | 'drafts' | 'counters' | 'meta'> = {
    sessions: [],
    drafts: [],
    counters: new Map(),
    meta: new Map(),
  };

  constructor(pages: PageSource) {
    this.#pages = pages;
  }

  page(page: number): void {
    for (const [age, bytes] of this.#pages.versions(page).entries()) {
      const listed = listedCells(bytes, page);
      const isListed = listed !== undefined && age === 0;
      for (const cell of listed ?? hiddenCells(bytes)) this.#cell(bytes, cell, isListed);
    }
  }

  rows(givenKeys: SessionKeys): OwnRows {
    const keys = this.#provenKeys(givenKeys);
    const mutations: OwnRows['mutations'] = [];
    const broken: BrokenRow[] = [];
    const prove = provenOnce(keys);
    for (const { tries, bytes, isListed } of this.#candidates) {
      const proven = tries.map(prove).find((one) => one !== undefined);
      if (proven) mutations.push(proven);
      else {
        const row = brokenRow(bytes, isListed);
        // Unlisted and without an id: as likely as not no row at all.
        if (row.isListed || row.mutationId !== null) broken.push(row);
      }
    }
    return { from: 'salvage', mutations, broken, ...this.#own };
  }

  /** A key may be garbled as well, and would then sign anew what was signed well: it must fit a signature. */
  #provenKeys(given: SessionKeys): Map<string, SessionKey> {
    const keys = new Map(given);
    for (const [session, key] of readKeys(this.#own.sessions)) {
      const fits = (found: FoundRow): boolean => found.body.includes(session) && isSignedBy(found, key);
      if (!keys.has(session) && this.#candidates.some(({ tries }) => tries.some(fits))) keys.set(session, key);
    }
    return keys;
  }

  #cell(page: Buffer, cell: Cell, isListed: boolean): void {
    const head = readHead(page, cell.at);
    if (!head) return;
    const columns = head.types.length;
    if (cell.kind === 'table') {
      if (isOutbox(head)) this.#mutation(page, { cell, isListed }, readOutboxRow);
      return;
    }
    if (isJournal(head)) {
      this.#mutation(page, { cell, isListed }, readJournalRow);
    } else if (isListed && columns >= 2 && columns <= SESSION_COLUMNS + 4) this.#small(page, cell);
  }

  #mutation(page: Buffer, { cell, isListed }: { cell: Cell; isListed: boolean }, read: ReadRow): void {
    const tries: FoundRow[] = [];
    let first: Buffer | undefined;
    for (let version = 0; version < MOST_VERSIONS; version += 1) {
      let tookOlder = false;
      const record = readRecord(page, cell, (next) => {
        const versions = this.#pages.versions(next);
        if (version > 0 && versions.length > version) tookOlder = true;
        return versions[Math.min(version, versions.length - 1)];
      });
      first ??= record;
      const values = readValues(record);
      const found = values && read(values, cell);
      if (found) tries.push(found);
      if (version > 0 && !tookOlder) break;
    }
    if (tries.length > 0 && first) this.#candidates.push({ tries, bytes: first, isListed });
  }

  /** Rows of the small tables; only from a page's newest version, for what they once said no longer holds. */
  #small(page: Buffer, cell: Cell): void {
    const values = readValues(readRecord(page, cell, (next) => this.#pages.versions(next)[0]));
    if (!values) return;
    const [first, second, third] = values;
    if (typeof first !== 'string') return;
    if (values.length === 2 && typeof second === 'number') this.#counter(first, second);
    else if (values.length === 2 && typeof second === 'string') this.#own.meta.set(first, second);
    else if (values.length === DRAFT_COLUMNS && typeof second === 'string' && typeof third === 'number') {
      if (UUID.test(first)) this.#own.drafts.push({ draft_id: first, content: second, updated_at: third });
    } else if (values.length >= SESSION_COLUMNS) this.#session(values);
  }

  #counter(name: string, value: number): void {
    if (!/^order:[A-Z0-9]{2,8}$/.test(name) || value > LARGEST_COUNTER) return;
    this.#own.counters.set(name, Math.max(value, this.#own.counters.get(name) ?? 0));
  }

  #session(values: readonly Value[]): void {
    const [sessionId, userId, userName, displayName, role, branchId, privateKey, ...rest] = values;
    const [expiresAt, signedInAt, signedOutAt, publicKey, certificate] = rest;
    const texts = [sessionId, userId, userName, displayName, role, privateKey];
    if (!texts.every((text) => typeof text === 'string') || !UUID.test(String(sessionId))) return;
    if (
      typeof expiresAt !== 'number' ||
      typeof signedInAt !== 'number' ||
      (privateKey !== '' && !readKey(String(privateKey)))
    )
      return;
    if (!['clerk', 'manager', 'admin'].includes(String(role))) return;
    this.#own.sessions.push({
      session_id: String(sessionId),
      user_id: String(userId),
      user_name: String(userName),
      display_name: String(displayName),
      role: String(role),
      branch_id: typeof branchId === 'string' ? branchId : null,
      private_key: String(privateKey),
      expires_at: expiresAt,
      signed_in_at: signedInAt,
      signed_out_at: typeof signedOutAt === 'number' ? signedOutAt : null,
      public_key: typeof publicKey === 'string' ? publicKey : null,
      certificate: typeof certificate === 'string' ? certificate : null,
    });
  }
}

/** A page that changed with every order lies in the WAL as often, with the same rows on it. */
function provenOnce(keys: SessionKeys): (found: FoundRow) => OwnMutation | undefined {
  const proven = new Map<string, OwnMutation | undefined>();
  return (found) => {
    const text = found.body + found.bodyHash + found.signature;
    if (!proven.has(text)) proven.set(text, provenMutation(found, keys));
    const known = proven.get(text);
    return known && { ...known, seq: found.seq, state: found.state };
  };
}

/** Records where no list of cells says that there are any: an id's place in a record's head gives them away. */
function hiddenCells(page: Buffer): Cell[] {
  const cells: Cell[] = [];
  for (let at = page.indexOf(UUID_TYPE); at !== -1; at = page.indexOf(UUID_TYPE, at + 1)) {
    // Of the outbox: an empty place for the row's number before it. Of the journal: it comes first.
    for (const [start, kind] of [
      [at - 2, 'table'],
      [at - 3, 'table'],
      [at - 1, 'index'],
      [at - 2, 'index'],
    ] as const) {
      const head = start < 0 ? undefined : readHead(page, start);
      if (!head) continue;
      const fits = kind === 'table' ? head.types[0] === 0 && isOutbox(head) : isJournal(head);
      if (fits) cells.push({ rowid: null, at: start, bytes: head.bytes, kind });
    }
  }
  return cells;
}

/** A product has as many columns, and an id in the same place; where the outbox has the body's hash it has a name. */
function isOutbox({ types }: RecordHead): boolean {
  return types.length >= OUTBOX_COLUMNS && types[1] === UUID_TYPE && types[5] === HASH_TYPE;
}

/** An order of central's begins with an id as well: then comes its number as a text, where the journal has an integer. */
function isJournal({ types: [id, seq = UUID_TYPE], types }: RecordHead): boolean {
  return id === UUID_TYPE && seq < 10 && types.length >= JOURNAL_COLUMNS;
}

function readOutboxRow(values: readonly Value[], cell: Cell): FoundRow | undefined {
  const [, , , , body, bodyHash, signature, , state, answer, effect, , reason, , , attempts] = values;
  if (typeof body !== 'string') return undefined;
  return {
    seq: cell.rowid,
    body,
    bodyHash: textOf(bodyHash),
    signature: textOf(signature),
    state: isOutboxState(state) ? state : 'sent',
    answer: textOf(answer),
    effect: textOf(effect),
    reason: typeof reason === 'string' ? reason : null,
    attempts: typeof attempts === 'number' ? attempts : 0,
  };
}

function readJournalRow(values: readonly Value[]): FoundRow | undefined {
  const [, seq, , , body, bodyHash, signature, answer] = values;
  if (typeof body !== 'string') return undefined;
  return {
    seq: typeof seq === 'number' ? seq : null,
    body,
    bodyHash: textOf(bodyHash),
    signature: textOf(signature),
    state: 'settled',
    answer: textOf(answer),
    effect: null,
    reason: null,
    attempts: 1,
  };
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function brokenRow(bytes: Buffer, isListed: boolean): BrokenRow {
  const text = bytes.toString('utf8');
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(text);
  return { mutationId: id?.[0] ?? null, number: numberIn(text), isListed, bytes };
}
