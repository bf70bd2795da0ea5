import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { WINDOW_DEFAULT, WINDOW_SMALLEST } from './limits.ts';
import { fitWindowState, readWindowState, writeWindowState } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'orderdesk-window-'));
const file = join(folder, 'deep', 'window.json');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 };
const STATE = { x: 100, y: 50, width: 1200, height: 800, maximized: false };

describe("the window's place", () => {
  test('is where it was, also over a restart', () => {
    writeWindowState(file, STATE);
    expect(readWindowState(file)).toEqual(STATE);
    expect(fitWindowState(STATE, [SCREEN])).toEqual(STATE);
  });

  test('is the usual one when the file is missing or damaged', () => {
    expect(readWindowState(file)).toEqual({ ...WINDOW_DEFAULT, maximized: false });
    writeWindowState(file, STATE);
    writeFileSync(file, '{"width": "wide"');
    expect(readWindowState(file)).toEqual({ ...WINDOW_DEFAULT, maximized: false });
  });

  test('is never on a screen that is gone, nor with its title bar out of reach', () => {
    for (const away of [{ x: 2500 }, { x: -1150 }, { y: 1070 }, { y: -60 }]) {
      const fitted = fitWindowState({ ...STATE, ...away }, [SCREEN]);
      expect(fitted).toEqual({ width: STATE.width, height: STATE.height, maximized: false });
    }
    expect(fitWindowState({ ...STATE, x: 2500 }, [SCREEN, { ...SCREEN, x: 1920 }])).toHaveProperty('x', 2500);
  });

  test('is never smaller than the screens fit into', () => {
    expect(fitWindowState({ ...STATE, width: 10, height: 10 }, [SCREEN])).toMatchObject(WINDOW_SMALLEST);
  });
});
