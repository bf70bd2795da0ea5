/** Why central can't be reached: codes for the screen and the log. Each has a sentence in src-renderer/text. */
export const LINE_REASONS = [
  // Nothing came back.
  'no address',
  'no network',
  'unknown host',
  'refused',
  'no answer',
  'broken off',
  'no heartbeat',
  /** What came back, or what central got, was not what had been sent. */
  'garbled',
  // There is no safe connection.
  'certificate',
  'certificate expired',
  'certificate not yet valid',
  /** Out of its time by this machine's clock, which is wrong itself. */
  'certificate clock',
  'certificate authority',
  'certificate name',
  'tls',
  /** Asked by https, answered by something that speaks none. */
  'not https',
  /** Asked by http, answered by something that speaks https alone. */
  'https expected',
  // Somebody else answered.
  /** The page of a guest network, where a person has to sign in or agree first. */
  'network sign-in',
  'redirected',
  /** Something in front of central can't reach it, or is overloaded. */
  'gateway',
  'too large',
  'not our server',
  'proxy sign-in',
  'proxy refused',
  'proxy unreachable',
] as const;
export type LineReason = (typeof LINE_REASONS)[number];
