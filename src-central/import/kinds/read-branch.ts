import type { Branch } from '../../../src-shared/domain/branch.ts';
import { branchByCode } from '../house.ts';
import type { RowReader } from '../row-reader.ts';
import type { ImportSetting } from './row-kind.ts';

/** The branch that the row names, else the one that the command names or that is the only one. */
export function readBranch(reader: RowReader, { house, branch }: ImportSetting): Branch | undefined {
  const code = reader.text('branch');
  if (code === '') return branch;
  const found = branchByCode(house, code);
  if (!found) reader.refuse('branchUnknown', { value: code });
  return found;
}
