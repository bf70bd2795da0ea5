/**
 * Which faults of the database say something of what was written, and which say nothing: those are never taken for a
 * refusal. PostgreSQL's appendix "Error Codes" has them all; a code that is in neither list is trouble of the house.
 */

/** SQLSTATE of an error of PostgreSQL, else `undefined`. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Lost a race; a lock, a statement or an idle transaction took too long; a standby that is not yet promoted. */
const PASSING = new Set(['40001', '40003', '40P01', '55P03', '57014', '25P03', '25P04', '25006']);
/** The line, resources, a restart, the system under the database. */
const PASSING_CLASSES = /^(?:08|53|57P|58)/;
/** Of Node's own: the line again. */
const LINE = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_AGAIN|ENOTFOUND)/;
/**
 * The pg client has no code for a connection that ended under a query, or that it would not open in time; its pool and
 * Kysely have none for work that goes on while central stops.
 */
const LINE_MESSAGES =
  /^(?:driver has already been destroyed|Cannot use a pool after calling end|Connection terminated|Postgres connection has been discarded|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired)/;

/** Waited out a timeout: whoever asked has gone by now, and will ask again. */
const TIMED_OUT = new Set(['55P03', '57014', '25P03', '25P04']);

/** Whether it is worth trying the same work again at once. */
export function isWorthRetrying(error: unknown): boolean {
  return isTransientFault(error) && !TIMED_OUT.has(sqlStateOf(error) ?? '');
}

/** Whether it passes by itself, sooner or later. */
export function isTransientFault(error: unknown): boolean {
  const code = sqlStateOf(error);
  if (code !== undefined) return PASSING.has(code) || PASSING_CLASSES.test(code) || LINE.test(code);
  return error instanceof Error && LINE_MESSAGES.test(error.message);
}

/** Cardinality, data, integrity, check option, program limit, an exception raised by a trigger. */
const OF_THE_CONTENT = /^(?:21|22|23|44|54|P0)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Whether the database as it stands can't work for anybody: a changed password, a table that a migration has not made
 * yet. Not only one mutation's fault, so no mutation may be blamed for it.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  if (isTransientFault(error)) return true;
  const code = sqlStateOf(error);
  return code !== undefined && SQLSTATE.test(code) && !OF_THE_CONTENT.test(code);
}
