/** Every bound of central's talk with PostgreSQL. */

/** Connections of one node. Reads and writes share them; writers of one warehouse queue before taking one. */
export const POOL_CONNECTIONS = 16;
export const CONNECT_TIMEOUT_MS = 5_000;
/** A statement that takes longer is a fault, and a writer that hangs would hold up the whole feed. */
export const STATEMENT_TIMEOUT_MS = 20_000;
/** Where the database knows of it (PostgreSQL 17 and later), a transaction of more statements ends by then, too. */
export const TRANSACTION_TIMEOUT_MS = 60_000;
/** How long a writer waits for its turn at a warehouse before it says that central is busy. */
export const LOCK_TIMEOUT_MS = 8_000;
/** A transaction that was forgotten open would hold the feed's gate shut: the database ends it. */
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/** Statements that a connection keeps planned. Those with a list of as many placeholders as values are ever new ones. */
export const PREPARED_STATEMENTS = 200;

/** Tries of one write transaction, and the backoff between them: doubling, with full jitter. */
export const WRITE_ATTEMPTS = 8;
export const WRITE_BACKOFF_FIRST_MS = 5;
export const WRITE_BACKOFF_LAST_MS = 500;

/** The oldest PostgreSQL that is served: `merge`, `nulls not distinct`, and what the tests run on. */
export const OLDEST_SERVER_VERSION = 150_000;

/** How long an embedded PostgreSQL may take to become ready, after a crash recovery too. */
export const EMBEDDED_START_TIMEOUT_MS = 60_000;
export const EMBEDDED_STOP_TIMEOUT_MS = 30_000;
/** How long a postmaster that we did not start may take to answer before it is stopped. */
export const EMBEDDED_ADOPT_TIMEOUT_MS = 5_000;
export const EMBEDDED_POLL_MS = 10;
/** The log of the embedded PostgreSQL is set aside at a start that finds it longer than this. */
export const EMBEDDED_LOG_MAX_BYTES = 10_000_000;
