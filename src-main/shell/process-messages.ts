/** What main and the local server's process say to each other. Calls don't pass here: windows have ports of their own. */
import type { Language } from '../../src-shared/text/language.ts';

/** What the local server is started with. */
export interface LocalServerStart {
  dataFolder: string;
  /** Where central is, as the settings have it; empty until somebody enrols. */
  centralUrls: readonly string[];
  /** An enrolment code to use when this desk is not enrolled yet. */
  enrolCode: string | null;
  deviceName: string;
  proxy: string | null;
  caFile: string | null;
  /** Until a window has said its own. */
  language: Language;
}

export type ToLocalServer =
  | { kind: 'start'; options: LocalServerStart }
  /** Comes with one transferred port, whose other end a window has. */
  | { kind: 'serve' }
  | { kind: 'stop' };

export type FromLocalServer =
  | { kind: 'ready' }
  /** It can't start, and trying again by itself won't help: a damaged file, a full disk, a desk that is in use. */
  | { kind: 'cannot-start'; reason: string };
