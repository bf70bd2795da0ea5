/** Why there is no embedded PostgreSQL: its message is for people, and says what to do. */
export class EmbeddedPostgresError extends Error {}
