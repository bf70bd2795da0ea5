/**
 * Why a mutation is held or in quarantine, as it is kept: a code for the screen, then what an engineer wants to know.
 * `waitsFor` (held): a dependency has no receipt. `unreadable`: central has no schema for it. `unauthentic`: its hash or
 * signature was not accepted. `mismatch`: central knows its id with other content. `damaged`: its bytes here are no
 * longer those that were signed.
 */
export type ReasonCode = 'waitsFor' | 'unreadable' | 'unauthentic' | 'mismatch' | 'damaged';

export function reasonText(code: ReasonCode, detail: string): string {
  return detail ? `${code}: ${detail}` : code;
}

/** The mutations that a held one waits for, as central named them. */
export function missingOf(reason: string | null): string[] {
  const [code, ...detail] = (reason ?? '').split(': ');
  return code === ('waitsFor' satisfies ReasonCode) ? detail.join(': ').split(' ').filter(Boolean) : [];
}

/** Whether central knows its id with other content: nothing can stand in for it, for central has ended that id. */
export function isMismatch(reason: string | null): boolean {
  return reason?.startsWith('mismatch' satisfies ReasonCode) ?? false;
}
