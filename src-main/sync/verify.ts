/**
 * Compares the replica with central, both recomputed from their rows at the very same cursor. Asks again while the two
 * stand at different ones; that central moves on all the time is no difference.
 */
import { addDigest, digestHex, type DigestResponse, type DigestTable } from '../../src-shared/protocol/digest.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { readCursor } from '../replica/cursor.ts';
import { digest } from '../replica/digest.ts';
import { VERIFY_ATTEMPTS } from './limits.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';

export interface Verification {
  equal: boolean;
  /** The cursor at which both were computed. */
  at: string;
  here: DigestTable;
  central: DigestTable;
  /** Kinds of rows whose count or digest differs. */
  different: string[];
}

/**
 * `catchUp` pulls until there is no more.
 *
 * @throws AppError CENTRAL_UNREACHABLE and its like; CENTRAL_BUSY when the two were never met at one cursor.
 */
export async function verify(line: SyncLine, catchUp: () => Promise<void>): Promise<Verification> {
  for (let attempt = 0; attempt < VERIFY_ATTEMPTS; attempt += 1) {
    await catchUp();
    // In one turn of the event loop: no page can come in between.
    const cursor = readCursor(line.store);
    const here = digest(line.store);
    const answer = await line.transport.digest({ protocol: PROTOCOL_VERSION, cursor }, { token: line.token });
    assertEpoch(line, answer.epoch);
    if (answer.at === cursor) return compare(cursor, here, sumOfScopes(answer.scopes));
  }
  throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
}

function compare(at: string, here: DigestTable, central: DigestTable): Verification {
  const kinds = new Set([...Object.keys(here), ...Object.keys(central)]);
  const different = [...kinds].filter((kind) => {
    const [ours, theirs] = [here[kind], central[kind]];
    // A kind that has no rows may be listed or left out.
    return (ours?.rows ?? 0) !== (theirs?.rows ?? 0) || (ours?.rows && ours.digest !== theirs?.digest);
  });
  return { equal: different.length === 0, at, here, central, different };
}

function sumOfScopes(scopes: DigestResponse['scopes']): DigestTable {
  const sums: DigestTable = {};
  for (const { tables } of scopes) {
    for (const [kind, { rows, digest: added }] of Object.entries(tables)) {
      const before = sums[kind] ?? { rows: 0, digest: '0' };
      const sum = addDigest(BigInt(`0x${before.digest}`), BigInt(`0x${added}`));
      sums[kind] = { rows: before.rows + rows, digest: digestHex(sum) };
    }
  }
  return sums;
}
