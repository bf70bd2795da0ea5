/** Which faults of the database pass by themselves: they are retried, and never taken for a refusal. */

/** SQLSTATE of an error of PostgreSQL, else `undefined`. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** 40001 and 40P01: lost a race; 08, 53, 57P: the line, resources, a restart; 55P03: a lock took too long. */
export function isTransientFault(error: unknown): boolean {
  const code = sqlStateOf(error);
  if (code !== undefined) {
    if (code === '40001' || code === '40P01' || code === '55P03') return true;
    if (/^(08|53|57P)/.test(code)) return true;
    return /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/.test(code);
  }
  // The pg client has no code for a connection that ended under a query.
  return (
    error instanceof Error &&
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  );
}
