/** Holds files against a deny-by-default table of who may import what. Pure: files are given as what they import. */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Import } from './imports.ts';

/** One row of the table. What it does not name is not allowed. */
export interface Row {
  /** A folder, or a single file. The longest that matches a file is its row. */
  place: string;
  /** Places that it may import from, besides itself. */
  may?: readonly string[];
  /** Places of which it may import types only. */
  mayTypesOf?: readonly string[];
  /** npm packages. */
  packages?: readonly string[];
  packageTypes?: readonly string[];
  /** Node's own modules: all, those, or none. */
  node?: 'all' | readonly string[];
  /** It may import a path that is only known when it runs. */
  computes?: true;
  /** A source that this row must refuse, to prove that it bites. */
  planted: string;
}

/** Files and what each imports. Assets, which import nothing, are among them. */
export type Files = ReadonlyMap<string, readonly Import[]>;

/** Each violation as a sentence that begins with the file. */
export function violationsOf(files: Files, table: readonly Row[]): string[] {
  const graph = new Map<string, Set<string>>();
  const found: string[] = [];
  for (const [file, imports] of files) {
    const row = rowOf(file, table);
    if (!row) found.push(`${file} is in no row of the table`);
    const targets = new Set<string>();
    graph.set(file, targets);
    for (const one of imports) {
      const target = resolve(file, one.specifier);
      if (target !== undefined && files.has(target)) targets.add(target);
      const fault = faultOf({ one, target, files, table, row });
      if (fault !== undefined) found.push(`${file} ${fault}`);
    }
  }
  return [...found, ...cyclesOf(graph).map((cycle) => `${cycle[0]} is in an import cycle: ${cycle.join(' → ')}`)];
}

interface Step {
  one: Import;
  target: string | undefined;
  files: Files;
  table: readonly Row[];
  row: Row | undefined;
}

function faultOf({ one, target, files, table, row }: Step): string | undefined {
  const { specifier, typeOnly, reExport } = one;
  if (specifier === undefined) return row?.computes ? undefined : 'imports a computed path, which nothing can check';
  if (reExport) return `re-exports ${specifier}: no barrels, import it from where it is`;
  if (!row) return undefined;
  if (target === undefined) return packageFaultOf(specifier, typeOnly, row);
  if (!files.has(target)) return `imports ${specifier}, which is not there`;
  const place = rowOf(target, table)?.place ?? target;
  if (place === row.place || row.may?.some((allowed) => within(target, allowed))) return undefined;
  if (row.mayTypesOf?.some((allowed) => within(target, allowed))) {
    return typeOnly ? undefined : `(${row.place}) may import only types of ${place}, and imports ${specifier}`;
  }
  return `(${row.place}) may not import ${place}`;
}

function packageFaultOf(specifier: string, typeOnly: boolean, row: Row): string | undefined {
  if (builtinModules.includes(specifier)) return `imports ${specifier} without node:`;
  if (specifier.startsWith('node:')) {
    return row.node === 'all' || row.node?.includes(specifier)
      ? undefined
      : `(${row.place}) may not import ${specifier}`;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (row.packages?.includes(name)) return undefined;
  if (row.packageTypes?.includes(name)) {
    return typeOnly ? undefined : `(${row.place}) may import only types of ${name}`;
  }
  return `(${row.place}) may not import ${name}`;
}

/** `undefined` for what is not a file of the project. */
function resolve(file: string, specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
}

export function rowOf(file: string, table: readonly Row[]): Row | undefined {
  let best: Row | undefined;
  for (const row of table) {
    if (within(file, row.place) && row.place.length > (best?.place.length ?? -1)) best = row;
  }
  return best;
}

function within(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** Groups of files that reach each other (Tarjan's strongly connected components), types included. */
export function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const order = new Map<string, { index: number; low: number; open: boolean }>();
  const stack: string[] = [];
  const walk = (file: string): { index: number; low: number; open: boolean } => {
    const own = { index: order.size, low: order.size, open: true };
    order.set(file, own);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      const seen = order.get(target);
      if (!seen) own.low = Math.min(own.low, walk(target).low);
      else if (seen.open) own.low = Math.min(own.low, seen.index);
    }
    if (own.low === own.index) {
      const group = stack.splice(stack.indexOf(file));
      for (const member of group) (order.get(member) ?? own).open = false;
      if (group.length > 1 || graph.get(file)?.has(file)) cycles.push(group);
    }
    return own;
  };
  for (const file of graph.keys()) if (!order.has(file)) walk(file);
  return cycles;
}
