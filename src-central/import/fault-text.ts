/** One sentence per reason for not importing a file at all, in the reader's language, that says what to do. */
import type { Language } from '../../src-shared/text/language.ts';
import type { ImportError, ImportFault, ImportFaults } from './import-error.ts';

type Sentences = { [F in ImportFault]: (of: ImportFaults[F]) => string };

const ENGLISH: Sentences = {
  usage: (of) => `This is not understood: ${of.reason}`,
  fileMissing: (of) => `The file ${of.file} cannot be read. Check its name and that you may read it.`,
  notText: (of) => `${of.file} is not text in ${of.encoding}. Save it as CSV UTF-8, or name its --encoding.`,
  notSpreadsheet: (of) => `${of.file} is not an .xlsx workbook. Save it as .xlsx or CSV.`,
  badQuotes: (of) =>
    `${of.file} cannot be read from row ${of.row} on: a quote is not closed there. Nothing was written.`,
  noHeader: (of) => `${of.file} has no header in its first row. Give the columns names.`,
  tooManyRows: (of) => `${of.file} has more than ${of.max} rows. Cut it into several files.`,
  tooLarge: (of) => `${of.file} is larger than ${of.maxMegabytes} MB. Save it as CSV.`,
  sheetUnknown: (of) => `There is no sheet "${of.sheet}". There are: ${of.sheets}.`,
  fieldUnknown: (of) => `--map: there is no field "${of.field}". There are: ${of.fields}.`,
  columnUnknown: (of) => `--map: the file has no column "${of.column}". It has: ${of.columns}.`,
  columnAmbiguous: (of) => `More than one column could be ${of.field}: ${of.columns}. Say which: --map ${of.field}=…`,
  fieldsMissing: (of) => `No column for: ${of.fields}. The file has: ${of.columns}. Say which: --map field=column,…`,
  branchUnknown: (of) => `There is no branch "${of.branch}". There are: ${of.branches}.`,
  branchNeeded: (of) => `Whose are these rows? Add --branch with one of: ${of.branches}.`,
  noBranches: () => 'This house has no branch yet. Make one, for example: --new-branch "PD=浦东店".',
  notReady: () => 'This database is empty. Start central on it once.',
};

const CHINESE: Sentences = {
  usage: (of) => `无法识别：${of.reason}`,
  fileMissing: (of) => `无法读取文件 ${of.file}。请检查文件名和权限。`,
  notText: (of) => `${of.file} 不是 ${of.encoding} 文本。请另存为 CSV UTF-8，或用 --encoding 指定编码。`,
  notSpreadsheet: (of) => `${of.file} 不是 .xlsx 工作簿。请另存为 .xlsx 或 CSV。`,
  badQuotes: (of) => `${of.file} 自第 ${of.row} 行起无法读取：引号未闭合。未写入任何内容。`,
  noHeader: (of) => `${of.file} 第一行没有表头。请为各列命名。`,
  tooManyRows: (of) => `${of.file} 超过 ${of.max} 行。请拆分为多个文件。`,
  tooLarge: (of) => `${of.file} 超过 ${of.maxMegabytes} MB。请另存为 CSV。`,
  sheetUnknown: (of) => `没有工作表“${of.sheet}”。现有：${of.sheets}。`,
  fieldUnknown: (of) => `--map：没有字段“${of.field}”。现有：${of.fields}。`,
  columnUnknown: (of) => `--map：文件没有列“${of.column}”。现有：${of.columns}。`,
  columnAmbiguous: (of) => `不止一列可作 ${of.field}：${of.columns}。请指定：--map ${of.field}=…`,
  fieldsMissing: (of) => `缺少列：${of.fields}。文件有：${of.columns}。请指定：--map 字段=列,…`,
  branchUnknown: (of) => `没有门店“${of.branch}”。现有：${of.branches}。`,
  branchNeeded: (of) => `这些行属于哪个门店？请加 --branch，可选：${of.branches}。`,
  noBranches: () => '尚无门店。请先建立，例如：--new-branch "PD=浦东店"。',
  notReady: () => '数据库为空。请先用总部程序启动一次。',
};

const SENTENCES: Record<Language, Sentences> = { en: ENGLISH, 'zh-CN': CHINESE };

export function faultText(of: ImportError, language: Language): string {
  // The table pairs each fault with its parameters, which the compiler can't follow through a lookup.
  return (SENTENCES[language][of.fault] as (params: ImportError['params']) => string)(of.params);
}
