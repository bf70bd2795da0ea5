/** What the load benchmark and its process of light desks say to each other. */
export type LightOrder =
  /** `cursor`: where every desk's pulls begin; '' for desks that only listen. */
  { what: 'connect'; url: string; tokens: readonly string[]; cursor: string } | { what: 'report' } | { what: 'reset' };

export interface LightAnswer {
  /** Streams that are open now. */
  open: number;
  pokes: number;
  heartbeats: number;
  pulls: number;
  changes: number;
  failures: number;
  /** Of every pull since the last report, milliseconds. */
  pullMs: number[];
}
