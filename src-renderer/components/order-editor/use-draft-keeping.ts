/**
 * Keeps a draft on the desk while it is typed, so that a crash costs no typing; gives it back when the screen opens.
 * A draft belongs to one window at a time: two that saved it under the same order id would lose one's lines.
 */
import { useCallback, useEffect, useRef, useState, type Dispatch } from 'react';
import type { Desk } from '../../desk/client.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { appErrorOf } from '../../desk/error-words.ts';
import { emptyDraft, isPristine, orderDraft, type OrderDraft } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';

/** What may be lost to a power cut: the letters of this long. */
const KEEP_AFTER_MS = 250;

export interface DraftKeeping {
  /** False until it is known whether a draft was left. */
  ready: boolean;
  /** When the draft that was found had been kept; null for a fresh one. */
  restoredAt: number | null;
  /** Forgets the kept draft and begins a new one. */
  startAnew: () => void;
}

export function useDraftKeeping(draft: OrderDraft, dispatch: Dispatch<DraftAction>): DraftKeeping {
  const desk = useDesk();
  const [restored, setRestored] = useState<{ ready: boolean; at: number | null }>({ ready: false, at: null });
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });

  useEffect(() => {
    const leave = new AbortController();
    const open = async (): Promise<void> => {
      const found = await findLeftDraft(desk, leave.signal);
      if (leave.signal.aborted) return;
      if (found) dispatch({ do: 'load', draft: found.draft });
      setRestored({ ready: true, at: found?.updatedAt ?? null });
    };
    // Without an answer the screen opens empty: what was kept stays kept.
    open().catch(() => setRestored({ ready: true, at: null }));
    return () => leave.abort();
  }, [desk, dispatch]);

  useEffect(() => {
    if (!restored.ready || isPristine(draft)) return;
    const keep = (): void => {
      void claim(draft.orderId);
      void desk.drafts.save.mutate({ draftId: draft.orderId, content: JSON.stringify(draft) }).catch(() => undefined);
    };
    const timer = setTimeout(keep, KEEP_AFTER_MS);
    const keepNow = (): void => {
      clearTimeout(timer);
      keep();
    };
    addEventListener('pagehide', keepNow);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', keepNow);
    };
  }, [desk, draft, restored.ready]);

  useEffect(
    // Leaving the screen sooner than the timer must not cost the last letters.
    () => () => {
      const left = latest.current;
      if (isPristine(left)) return;
      void desk.drafts.save.mutate({ draftId: left.orderId, content: JSON.stringify(left) }).catch(() => undefined);
    },
    [desk],
  );

  const startAnew = useCallback(() => {
    const { orderId } = latest.current;
    void desk.drafts.discard.mutate({ draftId: orderId }).catch(() => undefined);
    const fresh = emptyDraft();
    latest.current = fresh;
    dispatch({ do: 'load', draft: fresh });
    setRestored({ ready: true, at: null });
  }, [desk, dispatch]);
  return { ready: restored.ready, restoredAt: restored.at, startAnew };
}

async function findLeftDraft(desk: Desk, signal: AbortSignal) {
  const left = await desk.drafts.list.query(undefined, { signal });
  for (const kept of left.toSorted((a, b) => b.updatedAt - a.updatedAt)) {
    const draft = readDraft(kept.content);
    if (!draft || draft.amends || !(await claim(draft.orderId))) continue;
    // The window may have died between saving the order and forgetting its draft.
    if (!(await isPlaced(desk, draft.orderId, signal))) return { draft, updatedAt: kept.updatedAt };
    await desk.drafts.discard.mutate({ draftId: kept.draftId });
  }
  return undefined;
}

function readDraft(content: string): OrderDraft | undefined {
  try {
    return orderDraft.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

async function isPlaced(desk: Desk, orderId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await desk.orders.get.query({ orderId }, { signal });
    return true;
  } catch (error) {
    if (appErrorOf(error)?.code === 'NOT_FOUND') return false;
    throw error;
  }
}

const claimed = new Set<string>();

/** Takes a draft for this window until it closes. @returns false while another window has it. */
function claim(orderId: string): Promise<boolean> {
  if (claimed.has(orderId) || !('locks' in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(`draft:${orderId}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (!lock) return undefined;
      claimed.add(orderId);
      // Held until the window goes.
      return new Promise<void>(() => undefined);
    });
  });
}
