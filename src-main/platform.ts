/** What the local server takes from the machine: given from outside, so that a simulation can be the machine. */
export interface Platform {
  /** Unix milliseconds by this machine's clock. A hint: it may jump. */
  now(): number;
  /** Milliseconds that only ever go forward, from an arbitrary start. */
  monotonicNow(): number;
  randomBytes(count: number): Uint8Array;
}
