/** Fetches what central has in place of faulty rows, and puts it there. */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { MAX_ROWS_ASKED } from '../../src-shared/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { readCursor } from '../replica/cursor.ts';
import { repairRows, type RepairedRows } from '../replica/repair-rows.ts';
import { MEND_ATTEMPTS } from './limits.ts';
import type { RowFault } from './narrow.ts';
import { assertEpoch, type SyncLine } from './sync-line.ts';
import type { SyncLoop } from './sync-loop.ts';

export interface MendingParts {
  line: SyncLine;
  /** Where no page comes in: the rows must be those of the cursor that they are written at. */
  loop: Pick<SyncLoop, 'betweenPulls'>;
  onMended: (repaired: RepairedRows) => void;
  signal?: AbortSignal | undefined;
}

/** @throws AppError of the line; CENTRAL_BUSY when the cursor would not stand still. */
export async function mendRows(faults: readonly RowFault[], parts: MendingParts): Promise<void> {
  for (const group of groupsOf(faults)) {
    for (let attempt = 1; ; attempt += 1) {
      const repaired = await parts.loop.betweenPulls(() => mendGroup(group, parts));
      if (repaired) {
        parts.onMended(repaired);
        break;
      }
      if (attempt >= MEND_ATTEMPTS) throw new AppError({ code: 'CENTRAL_BUSY', retry: 'later' });
    }
  }
}

async function mendGroup(
  group: readonly RowFault[],
  { line, signal }: MendingParts,
): Promise<RepairedRows | undefined> {
  const cursor = readCursor(line.store);
  const rows = group.flatMap(({ scope, kind, key }) => (scope === null ? [] : [{ scope, kind, key }]));
  const asked = { protocol: PROTOCOL_VERSION, cursor, rows };
  // Rows of no scope are nobody's: there is nothing to ask for.
  const answer = rows.length === 0 ? undefined : await line.transport.rows(asked, { token: line.token, signal });
  if (answer) assertEpoch(line, answer.epoch);
  return repairRows(line.store, {
    cursor,
    nowMs: answer?.now ?? line.now(),
    wanted: group,
    changes: answer?.changes ?? [],
  });
}

/**
 * As many as one request takes. A row that stands in a wrong scope is a fault in two of them; both are in one group, or
 * the second would remove what the first has put there.
 */
function groupsOf(faults: readonly RowFault[]): RowFault[][] {
  const byRow = new Map<string, RowFault[]>();
  for (const fault of faults) {
    const row = `${fault.kind} ${fault.key}`;
    byRow.set(row, [...(byRow.get(row) ?? []), fault]);
  }
  const groups: RowFault[][] = [];
  let group: RowFault[] = [];
  for (const ofRow of byRow.values()) {
    if (group.length + ofRow.length > MAX_ROWS_ASKED) {
      groups.push(group);
      group = [];
    }
    group.push(...ofRow);
  }
  return group.length > 0 ? [...groups, group] : groups;
}
