/** Compiled, never run: Node's globals must stay errors here, though the router's types come from a Node program. */

// @ts-expect-error -- `process` is Node's.
export type NoProcess = typeof process;
// @ts-expect-error -- `Buffer` is Node's.
export type NoBuffer = typeof Buffer;
// @ts-expect-error -- `require` is Node's.
export type NoRequire = typeof require;
