/** One page of changes, from the line into the file. No timers: the sync loop and the simulation both call it. */
import { setImmediate } from 'node:timers/promises';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { applyPages, type AppliedPage } from '../replica/apply-page.ts';
import { readCursor, readPosition } from '../replica/cursor.ts';
import { filledScopes } from '../replica/filling.ts';
import { dropLeavingSlice } from '../replica/scopes.ts';
import { stagedCursor, stagedPages, stagePage } from '../replica/staged-pages.ts';
import type { Store } from '../store/store.ts';
import { greeted } from './hello-once.ts';
import { fetchProofs } from './reoffer-once.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface Pulled {
  applied: AppliedPage;
  /** Whether there is more past this page already. */
  more: boolean;
  /** For how long some writer has held central's feed back, milliseconds; left out when nobody does. */
  heldBackMs?: number | undefined;
}

/** @param onProgress called as the page comes: over a slow line that takes long. */
export async function pullOnce(line: SyncLine, signal?: AbortSignal, onProgress?: () => void): Promise<Pulled> {
  return greeted(line, signal, () => pullPage(line, signal, onProgress));
}

const NOTHING: AppliedPage = { topics: [], orderIds: [], received: 0 };

async function pullPage(line: SyncLine, signal?: AbortSignal, onProgress?: () => void): Promise<Pulled> {
  const from = readPosition(line.store);
  const cursor = stagedCursor(line.store) ?? from.cursor;
  // Those that are filled later may have been filled from a later position than this page reaches.
  const joining = filledScopes(line.store);
  const maxBytes = line.batchSize?.pageBytes();
  const page = await line.transport.pull(
    { protocol: PROTOCOL_VERSION, cursor, ...(maxBytes === undefined ? {} : { maxBytes }) },
    { token: line.token, signal, onProgress },
  );
  assertEpoch(line, page.epoch);
  // Another pull was quicker, because this one had been given up for stuck: what it brought is known by now.
  if ((stagedCursor(line.store) ?? readCursor(line.store)) !== cursor) return { applied: NOTHING, more: true };
  // A desk that has shown no moment of central's yet has none to keep whole.
  if (page.partial === true && from.asOf !== null) {
    stagePage(line.store, page);
    return { applied: NOTHING, more: true };
  }
  const applied = applyPages(line.store, [...stagedPages(line.store), page], joining);
  await dropLeft(line.store, signal);
  if (!page.more) await fetchProofs(line, signal);
  return { applied, more: page.more, heldBackMs: page.heldBackMs };
}

/** Removes what central has taken away, in slices between which orders are taken. Cut short, it goes on next time. */
async function dropLeft(store: Store, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    if (signal?.aborted || !dropLeavingSlice(store)) return;
    await setImmediate();
  }
}
