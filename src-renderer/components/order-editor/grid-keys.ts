/** What a key means in the order grid: pure, after the ARIA grid pattern, with a ledger's Enter. */
import type { ColumnId } from './grid-columns.ts';

export interface KeyFacts {
  key: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  column: ColumnId;
  /** The cell's text is being changed: arrows then belong to the text until its ends. */
  editing: boolean;
  caretAtStart: boolean;
  caretAtEnd: boolean;
  candidates: boolean;
}

export type GridKey =
  | { go: 'cell'; rows: number; columns: -1 | 0 | 1 }
  | { go: 'rowEdge'; edge: 'first' | 'last' }
  | { go: 'gridEdge'; edge: 'first' | 'last' }
  | { go: 'page'; by: -1 | 1 }
  | { go: 'tab'; by: -1 | 1 }
  | { go: 'candidate'; by: -1 | 1 }
  | { go: 'enter' | 'edit' | 'escape' | 'cycleUnit' }
  | undefined;

export function gridKey(of: KeyFacts): GridKey {
  if (of.alt) return undefined;
  if (of.ctrl) {
    if (of.key === 'Home') return { go: 'gridEdge', edge: 'first' };
    if (of.key === 'End') return { go: 'gridEdge', edge: 'last' };
    return undefined;
  }
  switch (of.key) {
    case 'ArrowDown':
    case 'ArrowUp': {
      const by = of.key === 'ArrowDown' ? 1 : -1;
      return of.candidates ? { go: 'candidate', by } : { go: 'cell', rows: by, columns: 0 };
    }
    case 'ArrowLeft':
      if (of.shift || (of.editing && !of.caretAtStart)) return undefined;
      return { go: 'cell', rows: 0, columns: -1 };
    case 'ArrowRight':
      if (of.shift || (of.editing && !of.caretAtEnd)) return undefined;
      return { go: 'cell', rows: 0, columns: 1 };
    case 'Home':
      return of.editing || of.shift ? undefined : { go: 'rowEdge', edge: 'first' };
    case 'End':
      return of.editing || of.shift ? undefined : { go: 'rowEdge', edge: 'last' };
    case 'PageDown':
      return { go: 'page', by: 1 };
    case 'PageUp':
      return { go: 'page', by: -1 };
    case 'Tab':
      return { go: 'tab', by: of.shift ? -1 : 1 };
    case 'Enter':
      return { go: 'enter' };
    case 'F2':
      return { go: 'edit' };
    case 'Escape':
      return { go: 'escape' };
    case ' ':
      return of.column === 'unit' ? { go: 'cycleUnit' } : undefined;
    default:
      return undefined;
  }
}
