/**
 * Begins fills: of a desk that has nothing, of scopes that were granted, and of scopes that are to be had anew. The rows
 * of before stay on the screen until others have come in their place; outbox, journal and drafts are never touched.
 */
import type { FillOpenResponse } from '../../src-shared/protocol/fill.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { readCursor, writePosition } from '../replica/cursor.ts';
import { addPart, scopesWithoutParts, setFillFrom } from '../replica/filling.ts';
import { ensureScope, findScope, heldScopes, leaveScope, refillScope } from '../replica/scopes.ts';
import type { Store, WriteTx } from '../store/store.ts';

/** Whether this replica has nothing at all yet. */
export function needsFirstFill(store: Store): boolean {
  return readCursor(store) === '';
}

/** @param opened central's answer to a desk without a position. */
export function beginFirstFill(store: Store, opened: FillOpenResponse): void {
  store.transaction((tx) => {
    // Two runners may have asked; the first answer counts.
    if (readCursor(store) === '') begin(store, tx, opened);
  });
}

/** All of it anew, for this desk's position is of no use any more. `opened`: as for a desk without one. */
export function refillAll(store: Store, opened: FillOpenResponse): void {
  store.transaction((tx) => {
    // What has come of a fill that is under way was to be completed by a feed that is not told any more.
    for (const { name } of heldScopes(store)) refillScope(store, tx, { name: name as Scope, evenFilling: true });
    begin(store, tx, opened);
    for (const { name } of scopesWithoutParts(store)) leaveScope(store, tx, name as Scope);
  });
}

/** These scopes anew, beside a feed that goes on: their rows are not central's. */
export function refillScopes(store: Store, scopes: readonly Scope[]): void {
  store.transaction((tx) => {
    for (const name of scopes) refillScope(store, tx, { name });
  });
}

/**
 * Takes up the parts of filling scopes that have none yet; gives those up that central does not open to this desk.
 *
 * @param opened central's answer to this desk at its present position, or an earlier one.
 */
export function takeUpParts(store: Store, opened: FillOpenResponse): void {
  store.transaction((tx) => {
    const from = readCursor(store);
    const offered = new Set<string>(opened.parts.map(({ scope }) => scope));
    for (const { scopeId, name } of scopesWithoutParts(store)) {
      if (offered.has(name)) addParts(store, tx, { opened, scopeId, name, from });
      else leaveScope(store, tx, name as Scope);
    }
  });
}

/** Central does not open it to this desk any more. */
export function giveUpScope(store: Store, name: Scope): void {
  store.transaction((tx) => {
    if (findScope(store, name)?.state === 'filling') leaveScope(store, tx, name);
  });
}

function begin(store: Store, tx: WriteTx, opened: FillOpenResponse): void {
  for (const name of new Set(opened.parts.map(({ scope }) => scope))) {
    const scopeId = ensureScope(store, tx, { name, state: 'filling' });
    addParts(store, tx, { opened, scopeId, name, from: opened.from });
  }
  writePosition(store, tx, { cursor: opened.from, epoch: opened.epoch, asOf: undefined });
}

function addParts(
  store: Store,
  tx: WriteTx,
  { opened, scopeId, name, from }: { opened: FillOpenResponse; scopeId: number; name: string; from: string },
): void {
  for (const [place, part] of opened.parts.entries()) {
    if (part.scope === name) addPart(store, tx, { scopeId, kind: part.kind, place, ofRows: part.rows });
  }
  setFillFrom(store, tx, { scopeId, from });
}
