/** Bounds of the outbox. None of them ends a mutation: only a receipt does. */

/** Offers that may arrive garbled before a person is told: the line spoils a few, a fault of ours spoils each. */
export const GARBLED_ATTEMPTS = 5;

/** Room for the ids, hash, signature and punctuation of one mutation on the wire. Bytes. */
export const ENVELOPE_BYTES = 400;
