/** Why the line is as it is, and why a change waits: the desk's codes in the reader's words. */
import { LINE_REASONS } from '../../src-shared/protocol/line-reason.ts';
import type { useText } from '../text/i18n.ts';

type Translate = ReturnType<typeof useText>['t'];

const VERSIONS = ['UPGRADE_REQUIRED', 'CENTRAL_OLDER'] as const;
const LINK = [...LINE_REASONS, ...VERSIONS, 'NOT_ENROLLED', 'TOKEN_INVALID', 'EPOCH_CHANGED'] as const;
const WAIT = ['waitsFor', 'unreadable', 'unauthentic', 'mismatch', 'damaged'] as const;

export function linkReasonWords(t: Translate, reason: string): string {
  const known = LINK.find((each) => each === reason);
  return known ? t(`sync.linkReasons.${known}`) : t('sync.linkReasons.other', { reason });
}

/** Of a line that is blocked because the two programs differ: which one has to be updated. */
export function versionReason(status: {
  link: string;
  linkReason: string | null;
}): (typeof VERSIONS)[number] | undefined {
  return status.link === 'blocked' ? VERSIONS.find((each) => each === status.linkReason) : undefined;
}

/** What stands behind the code is for the log; an admin finds it on hover. */
export function waitReasonWords(t: Translate, reason: string): string {
  const known = WAIT.find((each) => reason === each || reason.startsWith(`${each}:`));
  return known ? t(`sync.waitReasons.${known}`) : t('sync.waitReasons.other', { reason });
}
