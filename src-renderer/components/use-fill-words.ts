/** How far this desk is with fetching what it keeps, in words; undefined when nothing is being fetched. */
import { useQuery } from '@tanstack/react-query';
import type { SyncStatus } from '../../src-main/api/sync-services.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { syncStatus } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';

export interface FillWords {
  [word: string]: string | number;
  /** Which rows come now. */
  what: string;
  /** Whole, of all that is fetched. Never 100: at the end it is gone. */
  percent: number;
}

/** What to say besides where nothing was found: that it may yet come. */
export function useStillFetching(): string | undefined {
  const { t } = useText();
  const { data } = useQuery(syncStatus(useDesk()));
  const words = useFillWords(data);
  return words && t('find.stillFetching', words);
}

export function useFillWords(status: SyncStatus | undefined): FillWords | undefined {
  const { t } = useText();
  const fill = status?.fill;
  if (!fill) return undefined;
  const percent = fill.ofRows === 0 ? 0 : Math.min(99, Math.floor((fill.rows / fill.ofRows) * 100));
  return { what: t(`sync.fill.${fill.kind ?? 'rest'}`), percent };
}
