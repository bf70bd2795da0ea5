/** The words by which files say things: what a value or a header means, in English and Chinese. */

/** As they stand in files, lower case; a code that is not here is taken as it is written. */
export const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ...words('piece', 'piece', 'pieces', 'pcs', 'pc', 'ea', 'each', '件', '个', '只', '支'),
  ...words('case', 'case', 'cases', 'ctn', 'carton', '箱'),
  ...words('box', 'box', '盒'),
  ...words('pack', 'pack', '包'),
  ...words('set', 'set', '套'),
  ...words('bottle', 'bottle', '瓶'),
  ...words('bag', 'bag', '袋'),
  ...words('dozen', 'dozen', '打'),
  ...words('kg', 'kg', '公斤', '千克'),
  ...words('g', 'g', '克'),
]);

export const YES_NO_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...words(true, 'true', 'yes', 'y', '1', 'active', '是', '启用', '在用', '正常'),
  ...words(false, 'false', 'no', 'n', '0', 'inactive', '否', '停用', '禁用'),
]);

/** What says that there is none of it: an empty value leaves what is there. */
export const NONE_WORDS: ReadonlySet<string> = new Set(['none', 'n/a', '无', '没有', '不计税', '不限']);

function words<T>(meaning: T, ...said: string[]): [string, T][] {
  return said.map((word) => [word, meaning]);
}
