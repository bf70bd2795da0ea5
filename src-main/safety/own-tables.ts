/**
 * Whose each table of the desk's file is. The desk's own are in every copy, for nobody else has them. Central's can be
 * fetched anew, and what is derived is made anew from both. A table that is in no list fails a test.
 */
export const OWN_TABLES = [
  'migration',
  'meta',
  'outbox',
  'journal',
  'counter',
  'session',
  'draft',
  'order_notice',
  'alarm',
  'renounced_lease',
] as const;

/** Checked before the first order of every start: they are small, and nobody else has them. */
export const ORDER_TABLES = ['outbox', 'counter', 'session', 'meta'] as const;
