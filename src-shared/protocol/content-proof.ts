/**
 * A line without TLS has only TCP's checksum, and meets routers that alter bytes. From version 2 on, each side says what
 * the body was when it left, and takes nothing that isn't that any more: a digit of a price or a letter of a cursor that
 * changed on the way would be believed otherwise. It is no protection against somebody who wants to change something.
 */

/** On a request: SHA-256, base64, of the bearer token, a line feed, and the body before it was packed. */
export const REQUEST_PROOF_HEADER = 'x-orderdesk-request-sha256';
/** On an answer of a request that had the other: SHA-256, base64, of the body before it was packed. */
export const ANSWER_PROOF_HEADER = 'x-orderdesk-answer-sha256';
