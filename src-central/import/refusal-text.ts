/** One sentence per reason for refusing a row, in the reader's language, with the value it is about. */
import type { Language } from '../../src-shared/text/language.ts';
import type { Refusal, RefusalCode, Refusals } from './refusal.ts';

type Sentences = { [C in RefusalCode]: (of: Refusals[C]) => string };

const ENGLISH: Sentences = {
  columnCount: (of) => `the row has ${of.found} values, the header has ${of.expected} columns`,
  faultyCell: (of) => `${of.field} is an error in the sheet: ${of.value}`,
  required: (of) => `${of.field} is empty`,
  tooLong: (of) => `${of.field} has ${of.length} characters, at most ${of.max} are taken`,
  notNumber: (of) => `${of.field} is not a number: "${of.value}"`,
  notPositive: (of) => `${of.field} is ${of.value}, it must be more than 0`,
  negative: (of) => `${of.field} is ${of.value}, it must not be below 0`,
  tooPrecise: (of) => `${of.field} has more than three decimals: ${of.value}`,
  tooLarge: (of) => `${of.field} is too large: ${of.value}`,
  notPrice: (of) => `${of.field} is not a plain decimal with at most four places: "${of.value}"`,
  notDate: (of) => `${of.field} is not a date: "${of.value}"`,
  notTaxId: (of) => `${of.field} is no tax id of the house's country: "${of.value}"`,
  notPhone: (of) => `${of.field} is no phone number that can be called: "${of.value}"`,
  notDays: (of) => `${of.field} is neither a whole number of days nor "none": "${of.value}"`,
  notAmount: (of) => `${of.field} is neither an amount nor "none": "${of.value}"`,
  limitWithoutDays: (of) =>
    `${of.field} is ${of.value}, but nothing says within how many days the customer pays: give payment_days, too`,
  notYesNo: (of) => `${of.field} is neither yes nor no: "${of.value}"`,
  notUnit: (of) => `${of.field} is not a unit: "${of.value}"`,
  notBarcode: (of) => `${of.field} is not a GTIN with a right check digit: "${of.value}"`,
  notRate: (of) =>
    `${of.field} is neither a percentage from 0 to 100 with at most two decimals nor "none": "${of.value}"`,
  rateOrShare: (of) =>
    `${of.field} is ${of.value}: write ${of.percent} for ${of.percent} percent, ${of.value}% if you mean that little`,
  notValid: (of) => `${of.field} is not valid: "${of.value}"`,
  endsBeforeStart: (of) => `the last day ${of.to} is before the first day ${of.from}`,
  codePattern: (of) => `${of.value} is not a product's code (${of.pattern})`,
  contradictsRow: (of) => `${of.field} is "${of.here}", but row ${of.row} says "${of.there}"`,
  productUnknown: (of) => `there is no product ${of.value}`,
  customerUnknown: (of) => `there is no customer ${of.value}`,
  branchUnknown: (of) => `there is no branch ${of.value}`,
  groupUnknown: (of) => `there is no customer group ${of.value}: import the customers who are in it first`,
  unitNotOfProduct: (of) => `the product is not sold by the ${of.value}, only by: ${of.units}`,
  notStep: (of) => `the quantity ${of.value} is not a multiple of ${of.step}`,
  offStep: (of) =>
    `${of.field} is ${of.value}, but the product is sold in steps of ${of.step}: give a multiple of that`,
  baseUnitFixed: (of) => `the base unit is ${of.unit} and cannot become ${of.value}`,
  barcodeTaken: (of) => `the barcode ${of.value} is product ${of.code}'s`,
  branchFixed: (of) => `customer ${of.value} belongs to branch ${of.branch}; an import does not move customers`,
  currencyOther: (of) => `the currency is ${of.value}, here it is ${of.currency}`,
  twoOwners: (of) =>
    `the row names customer ${of.customer} and group ${of.group}, but a price is for one of them: leave the other empty`,
  listWithTax: (of) =>
    `the prices of list ${of.list} are with tax: give this one with tax too, and leave ${of.field} empty or say yes`,
  listWithoutTax: (of) =>
    `the prices of list ${of.list} are without tax: give this one without tax too, and leave ${of.field} empty or say no`,
  belowAllocated: (of) => `the count is ${of.value}, but orders have already taken ${of.allocated}`,
  orderDiffers: (of) => `order ${of.number} is there already, with other content`,
  orderTooLong: (of) => `order ${of.number} has ${of.lines} lines, at most ${of.max} are taken`,
  orderTooLarge: (of) => `the total of order ${of.number} is too large`,
};

const CHINESE: Sentences = {
  columnCount: (of) => `本行有 ${of.found} 个值，表头有 ${of.expected} 列`,
  faultyCell: (of) => `${of.field} 在表格中是错误值：${of.value}`,
  required: (of) => `${of.field} 为空`,
  tooLong: (of) => `${of.field} 有 ${of.length} 个字符，最多 ${of.max} 个`,
  notNumber: (of) => `${of.field} 不是数字：“${of.value}”`,
  notPositive: (of) => `${of.field} 为 ${of.value}，必须大于 0`,
  negative: (of) => `${of.field} 为 ${of.value}，不能小于 0`,
  tooPrecise: (of) => `${of.field} 小数超过三位：${of.value}`,
  tooLarge: (of) => `${of.field} 过大：${of.value}`,
  notPrice: (of) => `${of.field} 不是至多四位小数的数字：“${of.value}”`,
  notDate: (of) => `${of.field} 不是日期：“${of.value}”`,
  notTaxId: (of) => `${of.field} 不是本国有效的税号：“${of.value}”`,
  notPhone: (of) => `${of.field} 不是可拨打的电话号码：“${of.value}”`,
  notDays: (of) => `${of.field} 既不是天数也不是“无”：“${of.value}”`,
  notAmount: (of) => `${of.field} 既不是金额也不是“无”：“${of.value}”`,
  limitWithoutDays: (of) => `${of.field} 为 ${of.value}，但没有账期：请同时给出账期天数`,
  notYesNo: (of) => `${of.field} 既非“是”也非“否”：“${of.value}”`,
  notUnit: (of) => `${of.field} 不是单位：“${of.value}”`,
  notBarcode: (of) => `${of.field} 不是校验位正确的条码：“${of.value}”`,
  notRate: (of) => `${of.field} 既非 0 至 100 的百分数（至多两位小数），也非“无”：“${of.value}”`,
  rateOrShare: (of) =>
    `${of.field} 为 ${of.value}：若为百分之 ${of.percent}，请填 ${of.percent}；否则请填 ${of.value}%`,
  notValid: (of) => `${of.field} 无效：“${of.value}”`,
  endsBeforeStart: (of) => `截止日 ${of.to} 早于开始日 ${of.from}`,
  codePattern: (of) => `${of.value} 不是商品编码（${of.pattern}）`,
  contradictsRow: (of) => `${of.field} 为“${of.here}”，但第 ${of.row} 行为“${of.there}”`,
  productUnknown: (of) => `没有商品 ${of.value}`,
  customerUnknown: (of) => `没有客户 ${of.value}`,
  branchUnknown: (of) => `没有门店 ${of.value}`,
  groupUnknown: (of) => `没有客户组 ${of.value}：请先导入该组的客户`,
  unitNotOfProduct: (of) => `该商品不按 ${of.value} 销售，只按：${of.units}`,
  notStep: (of) => `数量 ${of.value} 不是 ${of.step} 的倍数`,
  offStep: (of) => `${of.field} 为 ${of.value}，但该商品以 ${of.step} 为步长销售：请填其倍数`,
  baseUnitFixed: (of) => `基本单位为 ${of.unit}，不能改为 ${of.value}`,
  barcodeTaken: (of) => `条码 ${of.value} 属于商品 ${of.code}`,
  branchFixed: (of) => `客户 ${of.value} 属于门店 ${of.branch}，导入不会转移客户`,
  currencyOther: (of) => `币种为 ${of.value}，此处为 ${of.currency}`,
  twoOwners: (of) => `本行同时填了客户 ${of.customer} 和客户组 ${of.group}，价格只能属于其一：请留空另一项`,
  listWithTax: (of) => `价目表 ${of.list} 的价格含税：请改填含税价，${of.field} 留空或填“是”`,
  listWithoutTax: (of) => `价目表 ${of.list} 的价格不含税：请改填不含税价，${of.field} 留空或填“否”`,
  belowAllocated: (of) => `盘点数为 ${of.value}，但订单已占用 ${of.allocated}`,
  orderDiffers: (of) => `订单 ${of.number} 已存在，内容不同`,
  orderTooLong: (of) => `订单 ${of.number} 有 ${of.lines} 行，最多 ${of.max} 行`,
  orderTooLarge: (of) => `订单 ${of.number} 的金额过大`,
};

const SENTENCES: Record<Language, Sentences> = { en: ENGLISH, 'zh-CN': CHINESE };

export function refusalText(of: Refusal, language: Language): string {
  // The table pairs each code with its parameters, which the compiler can't follow through a lookup.
  return (SENTENCES[language][of.code] as (params: Refusal['params']) => string)(of.params);
}
