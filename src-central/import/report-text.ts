/** What an import says for itself: a heading with how the file was read, then counts, then reasons. */
import { CURRENCY_DIGITS } from '../../src-shared/domain/money.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { ImportReport } from './import-file.ts';
import type { OrderTally } from './kinds/orders.ts';
import { refusalText } from './refusal-text.ts';
import type { RowSource } from './source/row-source.ts';

export interface SpokenReport {
  report: ImportReport;
  source: RowSource;
  file: string;
  dryRun: boolean;
  /** Where the refused rows were written; absent when nowhere. */
  refusedFile?: string;
}

/** Without the closing line break. */
export function reportText(of: SpokenReport, language: Language): string {
  const say = (en: string, zh: string): string => (language === 'en' ? en : zh);
  const { report, source } = of;
  const { outcomes, mapping } = report;
  const count = (value: number): string => value.toLocaleString(language);
  const columns = [...mapping.columns].map(([field, at]) => `${field}=${mapping.header[at]}`).join(', ');
  const lines = [
    say(`${report.kind} from ${of.file} (${source.readAs})`, `${report.kind} 来自 ${of.file}（${source.readAs}）`),
    say(`  columns    ${columns}`, `  列         ${columns}`),
  ];
  if (mapping.unused.length > 0) lines.push(say('  not used   ', '  未用的列   ') + mapping.unused.join(', '));
  lines.push(...notes(of, say));
  if (of.dryRun) lines.push(say('  This was a dry run: nothing was written.', '  本次为试运行，未写入任何内容。'));
  lines.push(
    say(`  rows       ${count(source.rowCount)}`, `  行数       ${count(source.rowCount)}`),
    say(
      `  accepted   ${count(outcomes.accepted)} (${count(outcomes.created)} new, ${count(outcomes.changed)} changed)`,
      `  接受       ${count(outcomes.accepted)}（新增 ${count(outcomes.created)}，变更 ${count(outcomes.changed)}）`,
    ),
    say(`  unchanged  ${count(outcomes.unchanged)}`, `  未变       ${count(outcomes.unchanged)}`),
    say(`  refused    ${count(outcomes.refusals.size)}`, `  拒绝       ${count(outcomes.refusals.size)}`),
  );
  for (const { rows, firstRow, first } of outcomes.refusedByReason()) {
    const reason = refusalText(first, language);
    lines.push(
      say(`    ${count(rows)}  like row ${firstRow}: ${reason}`, `    ${count(rows)}  如第 ${firstRow} 行：${reason}`),
    );
  }
  if (report.orders) lines.push(...orderLines(report.orders, say, count));
  if (of.refusedFile) lines.push(say(`  Refused rows: ${of.refusedFile}`, `  拒绝的行：${of.refusedFile}`));
  return lines.join('\n');
}

type Say = (en: string, zh: string) => string;

/** What was done to the values on reading, and by what rule: said, because it is not silent then. */
function notes({ report, source }: SpokenReport, say: Say): string[] {
  const lines: string[] = [];
  const { trimmedValues, blankRows } = source;
  if (trimmedValues > 0) {
    lines.push(
      say(
        `  ${trimmedValues} values had spaces around them, which were left out`,
        `  ${trimmedValues} 个值前后有空格，未计入`,
      ),
    );
  }
  if (blankRows > 0) lines.push(say(`  ${blankRows} blank rows`, `  ${blankRows} 个空行`));
  if (report.codePattern !== undefined && report.kind !== 'customers') {
    lines.push(say(`  product codes are ${report.codePattern}`, `  商品编码格式 ${report.codePattern}`));
  }
  if (report.kind === 'customers' && !report.mapping.columns.has('name')) {
    lines.push(say('  no column of names: new customers are named by their codes', '  无名称列：新客户以编码为名称'));
  }
  return lines;
}

function orderLines(orders: OrderTally, say: Say, count: (value: number) => string): string[] {
  return [
    say(
      `  orders     ${count(orders.created)} new, ${count(orders.unchanged)} unchanged`,
      `  订单       新增 ${count(orders.created)}，未变 ${count(orders.unchanged)}`,
    ),
    say('  total      ', '  合计       ') +
      amountText(orders.totalMinor, CURRENCY_DIGITS[orders.currency]) +
      ` ${orders.currency}`,
  ];
}

function amountText(minor: bigint, digits: number): string {
  const text = minor.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
