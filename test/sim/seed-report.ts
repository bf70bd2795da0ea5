/** What one seed came to, as it goes from a worker to its keeper. */
export interface SeedReport {
  seed: number;
  /** Of its whole trace: the same seed has the same. */
  hash: string;
  events: number;
  steps: number;
  /** Real milliseconds. */
  ms: number;
  counts: Record<string, number>;
  violation?: {
    reason: string;
    step: number;
    last: string[];
    /** Faults that central's nodes logged last. */
    log: string[];
  };
}
