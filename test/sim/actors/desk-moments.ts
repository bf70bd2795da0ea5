/**
 * Moments of a desk's work that a crash is aimed at, known by the statements that the desk gives SQLite. What is named
 * here must be struck: chance alone comes to some of it only once in hundreds of seeds.
 */
export const DESK_MARKS = {
  /** The position is about to be written: all rows of the page are in, and nothing is committed. */
  position: /^delete from "staged_page"/,
  /** A slice of a chunk is in. */
  slice: /^update "fill_part" set "after"/,
  /** What a push was answered, before any of its receipts. */
  answer: /held_since = case/,
  /** Rows of before become stale: a scope, or all of them, are to be had anew. */
  stale: /set state = 'stale'/,
} as const;
export type DeskMark = keyof typeof DESK_MARKS;

export interface DeskMoment {
  /** How it is counted when it has been struck. */
  name: string;
  /** How often it is aimed at beside the others: some need work that is not always there. */
  weight: number;
  /** Before that statement runs, in the middle of its transaction; or right after a commit. */
  in?: DeskMark;
  /** Whether the commit of a transaction with these is it. */
  after?: (marks: ReadonlySet<DeskMark>) => boolean;
}

export const IN_A_FILL: DeskMoment = { name: 'desk killed in a fill', weight: 2, after: (marks) => marks.has('slice') };
export const IN_A_REFILL: DeskMoment = { name: 'desk killed in a refill', weight: 4, after: isRefill };

/** `position` without `stale`: what is applied is a page, and not the beginning of a fill. */
export const DESK_MOMENTS: readonly DeskMoment[] = [
  { name: 'desk killed while it applied', weight: 2, in: 'position' },
  IN_A_FILL,
  { name: 'desk killed between answer and receipt', weight: 9, after: (marks) => marks.has('answer') },
  IN_A_REFILL,
];

/** All that central has is fetched anew: the position was past the horizon, or of no use for another reason. */
export function isRefill(marks: ReadonlySet<DeskMark>): boolean {
  return marks.has('stale') && marks.has('position');
}

export function markOf(sql: string): DeskMark | undefined {
  return (Object.keys(DESK_MARKS) as DeskMark[]).find((name) => DESK_MARKS[name].test(sql));
}
