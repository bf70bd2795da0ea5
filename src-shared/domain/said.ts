/** Fields that a row says only where there is something to say. */

/** What it says of these; `undefined` of one that says nothing. */
export function saidOf<T extends object, Name extends keyof T>(
  row: T,
  names: readonly Name[],
): { [K in Name]?: T[K] } | undefined {
  const said = names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]] as const]));
  return said.length === 0 ? undefined : (Object.fromEntries(said) as { [K in Name]?: T[K] });
}
