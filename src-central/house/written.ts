/**
 * What a writer of the house's rules answers. Each writes its row, one version on, and the change that tells of it, in one
 * transaction alone among the writers of the catalogue. What says so already is left as it is: no version, no change.
 */
export interface Written<Row> {
  outcome: 'new' | 'changed' | 'unchanged';
  row: Row;
  /** The transaction's, digits; absent where nothing was written. */
  xid: string | undefined;
}

/** Something that the row names is not there. `what`: its kind and how it was called. */
export interface Unknown {
  outcome: 'unknown';
  what: string;
}
