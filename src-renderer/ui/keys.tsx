/**
 * Keys of the screen that is open. A component says which keys it answers while it is mounted; the last one to say so
 * goes first, the footer lists them all. Keys typed while a word is being composed belong to the input method.
 */
import { createContext, use, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';

export interface KeyBinding {
  /** "F8", "Ctrl+S", "Alt+R", "Ctrl+Delete". */
  chord: string;
  /** What it does, in the reader's words; without it the key works unlisted. */
  label?: string;
  /** Left out where the key is listed only: the element that has the focus answers it. */
  run?: () => void;
}

interface Registry {
  add: (owner: symbol, bindings: readonly KeyBinding[]) => void;
  drop: (owner: symbol) => void;
}

const RegistryContext = createContext<Registry | undefined>(undefined);
const ListContext = createContext<readonly KeyBinding[]>([]);

export function KeysProvider({ children }: { children: ReactNode }) {
  const owners = useRef(new Map<symbol, readonly KeyBinding[]>());
  const [listed, setListed] = useState<readonly KeyBinding[]>([]);
  const registry = useMemo<Registry>(() => {
    const show = (): void => {
      const all = [...owners.current.values()].flat().filter((binding) => binding.label !== undefined);
      setListed((before) => (sameList(before, all) ? before : all));
    };
    return {
      add: (owner, bindings) => {
        owners.current.set(owner, bindings);
        show();
      },
      drop: (owner) => {
        owners.current.delete(owner);
        show();
      },
    };
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      const chord = chordOf(event);
      // What lies over the screen keeps its keys from it: then only the last to come is asked.
      const heard = [...owners.current.values()].slice(document.querySelector('dialog:modal') ? -1 : 0);
      const found = heard.flat().findLast((binding) => binding.chord === chord);
      if (!found?.run) return;
      event.preventDefault();
      found.run();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <RegistryContext value={registry}>
      <ListContext value={listed}>{children}</ListContext>
    </RegistryContext>
  );
}

/** Answers these keys while mounted. `run` may change with every render; only chords and labels are compared. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const registry = use(RegistryContext);
  if (!registry) throw new Error('useKeys outside KeysProvider');
  const latest = useRef(bindings);
  // With what is drawn, not after it: a key that the screen offers has to answer.
  useLayoutEffect(() => {
    latest.current = bindings;
  });
  const shape = bindings
    .map((binding) => `${binding.chord}\t${binding.label ?? ''}\t${binding.run !== undefined}`)
    .join('\n');
  useLayoutEffect(() => {
    const owner = Symbol('keys');
    const stable = latest.current.map(({ chord, label, run: answers }) => {
      const binding: KeyBinding = { chord };
      if (label !== undefined) binding.label = label;
      // The newest closure answers, not the one that was there when the keys were listed.
      if (answers) binding.run = () => latest.current.find((each) => each.chord === chord)?.run?.();
      return binding;
    });
    registry.add(owner, stable);
    return () => registry.drop(owner);
  }, [registry, shape]);
}

export function useListedKeys(): readonly KeyBinding[] {
  return use(ListContext);
}

/** The chord of a key press, by the key's place for letters and digits, so that layouts and Alt don't matter. */
export function chordOf(event: KeyboardEvent): string {
  const letter = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  const name = letter ?? event.key;
  const ctrl = event.ctrlKey || event.metaKey;
  return `${ctrl ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${name}`;
}

function sameList(a: readonly KeyBinding[], b: readonly KeyBinding[]): boolean {
  return (
    a.length === b.length && a.every((binding, at) => binding.chord === b[at]?.chord && binding.label === b[at]?.label)
  );
}
