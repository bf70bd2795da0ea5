import type { Issue } from '../../src-shared/domain/issue.ts';

/** An issue with its sentence in the reader's language. */
export interface SpokenIssue extends Issue {
  message: string;
}
