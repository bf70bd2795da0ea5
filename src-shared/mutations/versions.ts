/**
 * A mutation through its versions. A desk may hold for months what an older build has signed, and its journal for longer:
 * every version that was ever written is read for ever. The signed text stays as it is, byte for byte; only what is read
 * from it is lifted, one version at a time, by functions that are never edited once a desk has run them.
 *
 * A lift knows nothing but the args: neither clock nor database, so that desk and central lift alike. It keeps the
 * lines of an order in their number and order, for a desk has written down beside them what the rules made of each.
 */
import type { z, ZodType } from 'zod';

export type ReadArgs<Args> = { ok: true; args: Args } | { ok: false; reason: 'unknownVersion' | 'unreadable' };

export interface Mutation<Name extends string = string, Schema extends ZodType = ZodType> {
  readonly name: Name;
  /** The newest version, which this build writes. */
  readonly schemaVersion: number;
  /** The newest version's. */
  readonly args: Schema;
  /** The schema of each version, the first one first. */
  readonly versions: readonly ZodType[];
  /** Args of any version, as the newest says them. */
  read(schemaVersion: number, args: unknown): ReadArgs<z.infer<Schema>>;
  /** The same mutation with one more version. `lift`: what args of the one before mean in it. */
  nextVersion<Next extends ZodType>(args: Next, lift: (before: z.infer<Schema>) => z.input<Next>): Mutation<Name, Next>;
}

export function firstVersion<Name extends string, Schema extends ZodType>(
  name: Name,
  args: Schema,
): Mutation<Name, Schema> {
  return mutation(name, args, undefined);
}

/** What all versions before one come to, in that one's words, not looked at yet. */
interface Before {
  versions: readonly ZodType[];
  read(schemaVersion: number, args: unknown): ReadArgs<unknown>;
}

function mutation<Name extends string, Schema extends ZodType>(
  name: Name,
  args: Schema,
  before: Before | undefined,
): Mutation<Name, Schema> {
  const versions = [...(before?.versions ?? []), args];
  const schemaVersion = versions.length;
  const check = (value: unknown): ReadArgs<z.infer<Schema>> => {
    const parsed = args.safeParse(value);
    return parsed.success ? { ok: true, args: parsed.data } : { ok: false, reason: 'unreadable' };
  };
  const read: Mutation<Name, Schema>['read'] = (version, value) => {
    if (version === schemaVersion) return check(value);
    const older = version < schemaVersion ? before?.read(version, value) : undefined;
    if (!older) return { ok: false, reason: 'unknownVersion' };
    return older.ok ? check(older.args) : older;
  };
  return {
    name,
    schemaVersion,
    args,
    versions,
    read,
    nextVersion: (next, lift) =>
      mutation(name, next, {
        versions,
        read: (version, value) => {
          const found = read(version, value);
          return found.ok ? lifted(() => lift(found.args)) : found;
        },
      }),
  };
}

/** One that a lift fails at is kept like any other that can't be read: it must not fail its neighbours. */
function lifted(lift: () => unknown): ReadArgs<unknown> {
  try {
    return { ok: true, args: lift() };
  } catch {
    return { ok: false, reason: 'unreadable' };
  }
}
