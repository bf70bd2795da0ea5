/** A law is broken; the message says which, and where. */
export class Violation extends Error {}
