/**
 * Numbered, forward-only migrations. Each database keeps the checksum of what it ran: one that was edited after it
 * landed stops the program instead of meaning two things.
 */
export interface Migration {
  /** Its number and what it does: `0001-first-storey`. Never changes. */
  name: string;
  sql: string;
}
