/** Where the window was when it was last closed, so that it opens there again. A lost or damaged file costs only that. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { WINDOW_DEFAULT, WINDOW_SMALLEST } from './limits.ts';

const windowState = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int(),
  height: z.int(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

/** As a window's constructor takes it: a position or none. */
export type FittedWindow = { width: number; height: number; maximized: boolean } | (Area & { maximized: boolean });

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function readWindowState(file: string): WindowState {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { ...WINDOW_DEFAULT, maximized: false };
  }
}

/** Whole or not at all: a power cut must not leave half a file. */
export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/**
 * The same state on the screens that are there now: one that was taken away must not keep a window out of sight. Without
 * a position the system chooses one.
 */
export function fitWindowState(state: WindowState, screens: readonly Area[]): FittedWindow {
  const width = Math.max(WINDOW_SMALLEST.width, state.width);
  const height = Math.max(WINDOW_SMALLEST.height, state.height);
  const { x, y, maximized } = state;
  if (x === undefined || y === undefined) return { width, height, maximized };
  const seen = screens.some((screen) => holdsTitleBar(screen, { x, y, width, height }));
  return seen ? { x, y, width, height, maximized } : { width, height, maximized };
}

/** Enough of the upper edge to take hold of it. */
function holdsTitleBar(screen: Area, window: Area): boolean {
  const overlap = Math.min(screen.x + screen.width, window.x + window.width) - Math.max(screen.x, window.x);
  return overlap >= 100 && window.y >= screen.y && window.y < screen.y + screen.height - 40;
}
