import { expect, test } from 'vitest';
import { gridKey, type KeyFacts } from './grid-keys.ts';

const facts: KeyFacts = {
  key: '',
  ctrl: false,
  shift: false,
  alt: false,
  column: 'quantity',
  editing: false,
  caretAtStart: false,
  caretAtEnd: true,
  candidates: false,
};

test('arrows move between cells while nothing is edited', () => {
  expect(gridKey({ ...facts, key: 'ArrowLeft' })).toEqual({ go: 'cell', rows: 0, columns: -1 });
  expect(gridKey({ ...facts, key: 'ArrowDown' })).toEqual({ go: 'cell', rows: 1, columns: 0 });
});

test('arrows stay in the text while it is edited, until its end', () => {
  expect(gridKey({ ...facts, key: 'ArrowLeft', editing: true })).toBeUndefined();
  expect(gridKey({ ...facts, key: 'ArrowRight', editing: true })).toEqual({ go: 'cell', rows: 0, columns: 1 });
});

test('up and down choose among candidates while they are open', () => {
  expect(gridKey({ ...facts, key: 'ArrowDown', candidates: true })).toEqual({ go: 'candidate', by: 1 });
});

test('Space changes the unit only in the unit column', () => {
  expect(gridKey({ ...facts, key: ' ', column: 'unit' })).toEqual({ go: 'cycleUnit' });
  expect(gridKey({ ...facts, key: ' ', column: 'product' })).toBeUndefined();
});

test('keys with Alt are the screen’s, not the grid’s', () => {
  expect(gridKey({ ...facts, key: 'ArrowLeft', alt: true })).toBeUndefined();
});
