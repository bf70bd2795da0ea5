import type { RowReader } from '../row-reader.ts';
import type { ImportSetting } from './row-kind.ts';

/** The row's product code, refused where it is none by the file's pattern (postage, fees, corrections). */
export function readProductCode(reader: RowReader, { codePattern }: ImportSetting): string {
  const code = reader.required('code');
  if (code !== '' && codePattern && !codePattern.test(code)) {
    reader.refuse('codePattern', { value: code, pattern: codePattern.source });
  }
  return code;
}
