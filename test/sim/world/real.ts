/** The machine's own clock and timers, as they were before the simulation took their place (globals.ts). */
export const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
};

export function realDelay(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    real.setTimeout(resolve, delayMs);
  });
}
