/** Bounds of one exchange over the line. */

/** Until there is a connection: name, TCP, a proxy's tunnel and TLS, which are four round trips. Milliseconds. */
export const CONNECT_DEADLINE_MS = 10_000;
/**
 * One address of a name is tried for so long before the next. Node's own 250 ms give up every address that is
 * farther away than that. Milliseconds.
 */
export const ADDRESS_ATTEMPT_MS = 3_000;
/**
 * Bytes of a request a second that even the worst line takes: the answer is waited for so much longer. It can't be seen
 * how much of a request has arrived, for the system's buffers take all of it at once.
 */
export const WORST_UPLOAD_BYTES_PER_S = 2_000;
/**
 * An answer that has begun may take as long as it likes while it brings this many bytes in each such window. A bound on
 * its whole time would make a slow line fetch the same page for ever.
 */
export const PROGRESS_WINDOW_MS = 15_000;
export const PROGRESS_WINDOW_BYTES = 512;
/** Bytes of an answer, as it comes and unpacked. */
export const MAX_ANSWER_BYTES = 64_000_000;
/** A refusal's body is read up to here: enough to tell whose it is. Bytes. */
export const MAX_FAILURE_BYTES = 256_000;

/** A connection that nobody has used for so long is not used again: whoever routes it may have forgotten it. */
export const IDLE_SOCKET_MS = 30_000;
/** How long an open connection is silent before the system asks whether the other end is there. Milliseconds. */
export const TCP_KEEPALIVE_MS = 15_000;
/** Connections to one address: as many pushes as go at once, and beside them pull, poke, fill and a person's requests. */
export const MAX_SOCKETS = 18;

/** Requests from this size on are sent compressed. Bytes. */
export const COMPRESS_FROM_BYTES = 512;

/** Away from the first address, it is asked this long after whether it is well again; with up to as much again. */
export const RETURN_PROBE_MS = 60_000;
export const RETURN_PROBE_DEADLINE_MS = 5_000;

/** A certificate is out of its time by a clock that lies further off than this, or before this date. */
export const CLOCK_FAR_OFF_MS = 3_600_000;
export const EARLIEST_PLAUSIBLE_MS = Date.UTC(2026, 0, 1);
