/** Shop names for customers who in the data are numbers only. The same code always gets the same name. */
import { createHash } from 'node:crypto';

const PLACES = [
  '上海',
  '苏州',
  '杭州',
  '南京',
  '宁波',
  '无锡',
  '常州',
  '嘉兴',
  '绍兴',
  '南通',
  '扬州',
  '湖州',
  '温州',
  '合肥',
];
const FIRST = [
  '锦',
  '瑞',
  '晨',
  '宏',
  '佳',
  '悦',
  '雅',
  '春',
  '金',
  '福',
  '嘉',
  '文',
  '华',
  '安',
  '宝',
  '新',
  '美',
  '恒',
  '丽',
  '永',
];
const SECOND = [
  '程',
  '光',
  '泰',
  '丰',
  '源',
  '祥',
  '和',
  '晖',
  '盛',
  '达',
  '彩',
  '苑',
  '星',
  '林',
  '海',
  '月',
  '顺',
  '兴',
  '云',
  '桥',
];
const TRADES = [
  '礼品店',
  '家居用品商行',
  '文具店',
  '百货商店',
  '杂货铺',
  '工艺品店',
  '花艺馆',
  '生活馆',
  '礼品批发部',
  '家饰店',
];
const LATIN = ['Harbour', 'Maple', 'Corner', 'Lotus', 'Willow', 'Lantern', 'Garden', 'Bridge', 'Pearl', 'Cedar'];

/** Unique among the names in `taken`, which it joins. */
export function shopName(code: string, taken: Set<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const hash = createHash('sha256').update(`${code}/${attempt}`).digest();
    const pick = (words: readonly string[], at: number): string => words[(hash[at] ?? 0) % words.length] ?? '';
    const chinese = pick(PLACES, 0) + pick(FIRST, 1) + pick(SECOND, 2) + pick(TRADES, 3);
    // One in six has a Latin sign over the door as well.
    const name = (hash[4] ?? 0) % 6 === 0 ? `${pick(LATIN, 5)} ${chinese}` : chinese;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** A mobile number of the 199 range with the code in it; it belongs to nobody on purpose. */
export function shopPhone(code: string): string {
  return `199000${code.padStart(5, '0')}`;
}
