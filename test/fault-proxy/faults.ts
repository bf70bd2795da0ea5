/** What a line may do to whoever uses it. All of it can be changed while it is used. */
export interface Faults {
  /** Each way takes so much longer; jitter adds up to so much more, and bytes stay in order. Milliseconds. */
  latencyMs: number;
  jitterMs: number;
  /** Each way, shared evenly by the connections. Infinity: as fast as it goes. */
  bytesPerSecond: number;
  /**
   * `drop`: bytes of this way vanish, and so does word of the other side's end. A connection that has lost bytes stays
   * dead also after the line is well again, as it would be.
   */
  up: 'pass' | 'drop';
  down: 'pass' | 'drop';
  /** New connections: `reset` takes and breaks them, `refuse` does not listen at all. */
  accept: 'pass' | 'reset' | 'refuse';
  /** New connections are taken at once and connected onwards so much later. Milliseconds. */
  acceptDelayMs: number;
  /**
   * How often, from 0 to 1, an exchange (a request and its answer) ends with a reset: before the request has passed,
   * after it has and before any answer, or in the middle of the answer; each as likely.
   */
  resetRate: number;
  /** How often a piece of at most PIECE_BYTES has one bit turned over on the way. */
  corruptRate: number;
  /** How often a piece is cut short and the connection ended there, politely, as if that had been all. */
  truncateRate: number;
}

export const WELL: Faults = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  up: 'pass',
  down: 'pass',
  accept: 'pass',
  acceptDelayMs: 0,
  resetRate: 0,
  corruptRate: 0,
  truncateRate: 0,
};

/** What an Ethernet frame carries. */
export const PIECE_BYTES = 1_460;
