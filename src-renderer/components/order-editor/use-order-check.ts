/**
 * Asks the desk about a draft as it is typed: prices, stock, totals, issues. Only the answer to the newest question
 * counts; an older one that comes late is dropped. All arithmetic is the desk's.
 */
import { useEffect, useMemo, useState } from 'react';
import type { CheckAnswer } from '../../../src-main/api/desk-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { useFactsRevision } from '../../desk/facts-revision.ts';
import type { OrderDraft } from './draft.ts';
import { orderRequest } from './order-request.ts';

/** Keys of one word come closer together than this; a reader doesn't see it. */
const CHECK_AFTER_MS = 25;

export interface CheckedDraft {
  answer: CheckAnswer;
  keys: string[];
  rows: ReadonlyMap<string, NonNullable<CheckAnswer['lines'][number]>>;
}

export function useOrderCheck(draft: OrderDraft): { checked: CheckedDraft | undefined; error: unknown } {
  const desk = useDesk();
  const revision = useFactsRevision();
  const [checked, setChecked] = useState<CheckedDraft>();
  const [error, setError] = useState<unknown>();
  const request = useMemo(() => orderRequest(draft), [draft]);
  const amendedId = draft.amends ? draft.orderId : undefined;
  useEffect(() => {
    const abort = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const input = amendedId === undefined ? request.given : { ...request.given, orderId: amendedId };
        const answer = await desk.orders.check.query(input, { signal: abort.signal });
        if (abort.signal.aborted) return;
        setChecked(checkedDraft(answer, request.keys));
        setError(undefined);
      } catch (failure) {
        if (!abort.signal.aborted) setError(failure);
      }
    };
    const timer = setTimeout(() => void ask(), CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [desk, request, amendedId, revision]);
  return { checked, error };
}

function checkedDraft(answer: CheckAnswer, keys: string[]): CheckedDraft {
  const rows = new Map<string, NonNullable<CheckAnswer['lines'][number]>>();
  for (const [at, key] of keys.entries()) {
    const row = answer.lines[at];
    if (row) rows.set(key, row);
  }
  return { answer, keys, rows };
}
