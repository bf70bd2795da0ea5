/** What a socket fails with: as Node says it, for the desk's own code reads it. */

function systemFault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function refused(): Error {
  return systemFault('ECONNREFUSED');
}

export function breakLine(): Error {
  return systemFault('ECONNRESET');
}
