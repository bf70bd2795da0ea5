/**
 * How safe this desk's orders are on its own disk: copies, checks, and what had to be restored. Times are Unix
 * milliseconds by this machine's clock.
 */
export interface CopyFacts {
  at: number;
  bytes: number;
}

export interface RestoreNotice {
  id: string;
  at: number;
  /**
   * `damaged`: the file could not be trusted any more. `missing`: it was gone or empty. `behind`: it was sound, but
   * lacked orders that had been saved.
   */
  reason: 'damaged' | 'missing' | 'behind';
  /** What the desk goes on with: its own file, a copy, or an empty file that central fills anew. */
  base: 'own' | 'copy' | 'empty';
  /** When that copy was made; null without one. */
  baseAt: number | null;
  /** Orders' mutations that wait on this desk now. */
  waiting: number;
  /** Of them those that had to be brought back, from copies and from the damaged file. */
  broughtBack: number;
  /** What could be read nowhere; its bytes lie in the folder. */
  lost: { mutationId: string | null; number: string | null }[];
  /** False when it must be enrolled again. */
  enrolled: boolean;
  /** Where the old file lies; null when it was left in place. */
  folder: string | null;
}

export interface SafetyStatus {
  /** The newest copy of the desk's own rows, and of everything. */
  ordersCopy: CopyFacts | null;
  wholeCopy: CopyFacts | null;
  /** Since when no copy can be made, and why; null when all is well. Orders go on. */
  copyProblem: {
    what: 'orders' | 'whole';
    reason: 'noRoom' | 'failed';
    since: number;
    missingBytes: number | null;
  } | null;
  /** The last check of the file since the start. */
  check: { at: number; how: 'quick' | 'thorough'; sound: boolean; tookMs: number } | null;
  /** True while the disk is full and the last reserve is being used: nothing new is fetched, orders go on. */
  usingReserve: boolean;
  /** What a person has yet to be told. */
  notice: RestoreNotice | null;
}

export interface SafetyServices {
  status(): SafetyStatus;
  /** The person has read the notice. */
  acknowledge(noticeId: string): SafetyStatus;
}
