/** What the desk's commands and reads are made from. */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { DeskEvent } from '../api/desk-services.ts';
import type { SpokenIssue } from '../api/spoken-issue.ts';
import type { DeskIdentity, IdentitySource, Signer } from '../identity/identity.ts';
import type { Platform } from '../platform.ts';
import type { Store } from '../store/store.ts';

export interface OrderDeskParts {
  store: Store;
  identity: IdentitySource;
  platform: Platform;
  /** Whether `platform` tells central's time, heard since this program began: only then is an expiry known. */
  knowsCentralTime?: () => boolean;
  /** Told after the commit. */
  notify: (event: DeskEvent) => void;
}

/** @throws AppError NOT_ENROLLED. */
export function enrolledDesk({ identity }: OrderDeskParts): DeskIdentity {
  const desk = identity.desk();
  if (!desk) throw new AppError({ code: 'NOT_ENROLLED', retry: 'never' });
  return desk;
}

/** @throws AppError SIGNED_OUT. */
export function signedInPerson({ identity }: OrderDeskParts): Signer {
  const signer = identity.signer();
  if (!signer) throw new AppError({ code: 'SIGNED_OUT', retry: 'never' });
  return signer;
}

export function spoken(issues: readonly Issue[], language: Language): SpokenIssue[] {
  return issues.map((issue) => ({ ...issue, message: issueText(issue, language) }));
}

export function refusal(issues: Issue[]): AppError {
  return new AppError({ code: 'INPUT', retry: 'never', issues });
}
