/** One sentence per issue, in the reader's language: the only place where an issue becomes words. */
import type { Issue, IssueCode } from '../domain/issue.ts';
import { CURRENCY_DIGITS, PRICE_SCALE, type Currency } from '../domain/money.ts';
import { thousandthsToText } from '../domain/quantity.ts';
import type { Language } from './language.ts';

type Sentence = (of: Values) => string;

/** An issue's parameters, ready to be read. */
interface Values {
  text: (name: string) => string;
  /** Thousandths as a decimal. */
  quantity: (name: string) => string;
  /** Ten-thousandths of the major unit as a price. */
  price: (name: string) => string;
  /** Minor units as an amount. */
  amount: (name: string) => string;
}

const ENGLISH: Record<IssueCode, Sentence> = {
  'customer.unknown': () => 'This customer is not known here. Choose one from the list.',
  'customer.inactive': () => 'This customer is no longer active. Choose another, or ask the office to activate it.',
  'customer.otherBranch': () => 'This customer belongs to another branch.',
  'customer.blocked': (of) =>
    `No orders are taken from this customer: ${of.text('reason')}. A branch manager can take the block off.`,
  'customer.onHold': (of) =>
    `This customer is on hold: ${of.text('reason')}. The order is taken, and a manager looks at it before anything leaves.`,
  'credit.exceeded': (of) =>
    `With this order the customer would owe ${of.amount('shortMinor')} more than the limit of ${of.amount('limitMinor')} (open now: ${of.amount('usedMinor')}). ${creditEnglish(of.text('ask'))}`,
  'credit.overdue': (of) =>
    `The customer has ${of.amount('overdueMinor')} overdue, the oldest since ${of.text('since')}. ${creditEnglish(of.text('ask'))}`,
  'product.unknown': () => 'There is no product with this code. Check the code or search by name.',
  'product.inactive': () => 'This product is no longer sold. Remove the line or choose another product.',
  'unit.unknown': (of) => `This product is not sold by "${of.text('unit')}". Choose one of its units.`,
  'quantity.notANumber': () => 'The quantity must be a number, like 12 or 2.5.',
  'quantity.notPositive': () => 'The quantity must be more than 0.',
  'quantity.tooPrecise': () => 'The quantity may have at most three decimals.',
  'quantity.tooLarge': (of) => `The quantity is too large: at most ${of.quantity('max')} on one line.`,
  'quantity.notStep': (of) =>
    of.quantity('stepBase') === '1'
      ? `This is sold whole only; the next quantity is ${of.quantity('nearest')}.`
      : `The quantity must be a multiple of ${of.quantity('stepBase')} in base units; the next is ${of.quantity('nearest')}.`,
  'quantity.belowMinimum': (of) =>
    `Less than ${of.quantity('minimumBase')} of this is not sold on one order; there are ${of.quantity('totalBase')}.`,
  'quantity.notMultiple': (of) =>
    `This is sold in multiples of ${of.quantity('multipleBase')} on one order; there are ${of.quantity('totalBase')}.`,
  'price.missing': () => 'There is no valid price for this product. Ask the office for one, or remove the line.',
  'price.changed': (of) =>
    `The price is now ${of.price('now')}, not ${of.price('quoted')}. Accept it or remove the line.`,
  'price.impossible': (of) =>
    `A price is a number from 0 to ${of.price('max')} with at most four decimals. Type it again or take the list price.`,
  'price.notAllowed': (of) =>
    `You may go down to ${of.price('lowest')} here (list price ${of.price('listUnitPrice')}). ${askEnglish(of.text('ask'))}`,
  'price.reasonMissing': (of) =>
    `A price of your own needs a reason of at most ${of.text('max')} characters. Write one or take the list price.`,
  'amount.changed': (of) =>
    `The line now comes to ${of.amount('now')}, not ${of.amount('quoted')}: a promotion or the tax has changed. Accept it or remove the line.`,
  'currency.mixed': (of) =>
    `This line is priced in ${of.text('other')}, the order in ${of.text('first')}. Put it on an order of its own.`,
  'stock.short': (of) =>
    `Only ${of.quantity('availableBase')} left in stock, ${of.quantity('missingBase')} short. Take what is there or remove the line.`,
  'facts.old': (of) => `${factEnglish(of.text('fact'))} here is ${ageEnglish(of)} old.`,
  'facts.confirm': (of) =>
    `${factEnglish(of.text('fact'))} here is ${ageEnglish(of)} old. The order is taken, and a manager confirms it before anything leaves.`,
  'facts.tooOld': (of) =>
    `${factEnglish(of.text('fact'))} here is ${ageEnglish(of)} old: too old to take an order by. Wait for the line, or ask your branch manager.`,
  'order.noLines': () => 'The order has no lines yet. Add at least one product.',
  'order.tooManyLines': (of) => `The order has ${of.text('count')} lines; at most ${of.text('max')} fit. Split it.`,
  'order.totalTooLarge': () => 'The total is too large to be exact. Split the order.',
  'order.unknown': () => 'Head office does not have this order.',
  'order.exists': (of) => `This order is already there, as ${of.text('number')}.`,
  'order.changed': () => 'Somebody else changed this order meanwhile. Look at it as it is now and amend it again.',
  'order.notOpen': () => 'This order can no longer be changed.',
  'order.onHold': (of) => `This order is on hold: ${of.text('reason')}. A branch manager can release it.`,
  'order.roleMissing': (of) => `This takes ${of.text('ask') === 'admin' ? 'an admin' : 'a branch manager'}. Ask one.`,
  'order.fourEyes': () => 'Whoever wrote an order may not approve it. Ask another manager.',
  'order.notAllOut': (of) =>
    `Not all has left: ${of.quantity('restBase')} are still here. Ship them or give them up first.`,
  'reason.missing': (of) => `This needs a reason of at most ${of.text('max')} characters. Write one.`,
  'tracking.tooLong': (of) => `The tracking number may have at most ${of.text('max')} plain characters. Shorten it.`,
  'moved.nothing': () => 'Nothing is named that leaves or comes back. Give at least one line a quantity.',
  'moved.line': () =>
    'A line is named that the order does not have, or that is named twice. Open the order and try again.',
  'ship.tooMuch': (of) =>
    `Only ${of.quantity('mostBase')} of this line are set aside, not ${of.quantity('wantedBase')}. Ship what there is.`,
  'return.tooMuch': (of) =>
    `Only ${of.quantity('mostBase')} of this line have left and not come back, not ${of.quantity('wantedBase')}.`,
  'return.creditTooMuch': (of) =>
    `The goods came to ${of.amount('now')}; more than that can not be credited. Credit that or less.`,
  'payment.notPositive': () => 'The amount must be more than 0.',
  'payment.paidBack': () =>
    'Some of this was paid back since. Take the repayment back first, or ask your branch manager.',
  'payment.reference': (of) => `The reference may have at most ${of.text('max')} plain characters. Shorten it.`,
  'payment.tooMuch': (of) =>
    `Only ${of.amount('now')} of this order is still to be paid, not ${of.amount('quoted')}. Put the rest on another order.`,
  'payment.unknown': () =>
    'There is no such payment on this order, or it was taken back already. Ask your branch manager.',
  'refund.tooMuch': (of) =>
    `Only ${of.amount('now')} was paid too much, not ${of.amount('quoted')}. Pay back that, or take goods back first.`,
  'order.numberInvalid': (of) => `"${of.text('number')}" is not an order number of this desk.`,
  'order.numberTaken': (of) => `The number ${of.text('number')} belongs to another order.`,
  'order.numberChanged': (of) =>
    `The number of this order changed from ${of.text('from')} to ${of.text('to')}: another order had the first one. Tell the customer.`,
  'note.tooLong': (of) => `The note has ${of.text('length')} characters; at most ${of.text('max')} fit. Shorten it.`,
  'note.unstorable': () => 'This text contains a character that cannot be kept. Delete what was pasted and type it.',
  'user.notAllowed': () => 'You may not do this here. Ask your branch manager.',
  'user.sessionInvalid': (of) =>
    of.text('why') === 'deactivated'
      ? `${of.text('userName') || 'Its maker'} may no longer work here. A branch manager can approve this order.`
      : 'Head office no longer accepts the sign-in that this was made in. Sign in again, or let a branch manager approve it.',
  'businessDate.implausible': (of) =>
    `The order date ${of.text('date')} is too far from today. Check the clock of this PC.`,
};

const CHINESE: Record<IssueCode, Sentence> = {
  'customer.unknown': () => '没有这个客户，请从列表中选择。',
  'customer.inactive': () => '该客户已停用，请另选客户，或请总部启用。',
  'customer.otherBranch': () => '该客户属于其他门店。',
  'customer.blocked': (of) => `该客户已停止接单：${of.text('reason')}。店长可以解除。`,
  'customer.onHold': (of) => `该客户已挂起：${of.text('reason')}。订单可以保存，发货前须经店长审核。`,
  'credit.exceeded': (of) =>
    `加上此单，客户欠款将超出信用额度 ${of.amount('limitMinor')} 达 ${of.amount('shortMinor')}（现有未结 ${of.amount('usedMinor')}）。${creditChinese(of.text('ask'))}`,
  'credit.overdue': (of) =>
    `客户有逾期欠款 ${of.amount('overdueMinor')}，最早自 ${of.text('since')} 起。${creditChinese(of.text('ask'))}`,
  'product.unknown': () => '没有这个编码的商品，请检查编码或按名称查找。',
  'product.inactive': () => '该商品已停售，请删除此行或另选商品。',
  'unit.unknown': (of) => `该商品不按“${of.text('unit')}”销售，请选择它的单位。`,
  'quantity.notANumber': () => '数量必须是数字，例如 12 或 2.5。',
  'quantity.notPositive': () => '数量必须大于 0。',
  'quantity.tooPrecise': () => '数量最多三位小数。',
  'quantity.tooLarge': (of) => `数量过大：每行最多 ${of.quantity('max')}。`,
  'quantity.notStep': (of) =>
    of.quantity('stepBase') === '1'
      ? `该商品只按整数销售，最近的数量是 ${of.quantity('nearest')}。`
      : `数量须为基本单位 ${of.quantity('stepBase')} 的倍数，最近的是 ${of.quantity('nearest')}。`,
  'quantity.belowMinimum': (of) =>
    `该商品每单至少 ${of.quantity('minimumBase')}，现有 ${of.quantity('totalBase')}，请增加数量或删除此行。`,
  'quantity.notMultiple': (of) =>
    `该商品每单须为 ${of.quantity('multipleBase')} 的倍数，现有 ${of.quantity('totalBase')}，请调整数量或删除此行。`,
  'price.missing': () => '该商品没有有效价格，请向总部询价，或删除此行。',
  'price.changed': (of) => `现价为 ${of.price('now')}，不是 ${of.price('quoted')}。请接受新价或删除此行。`,
  'price.impossible': (of) => `单价须为 0 到 ${of.price('max')} 之间的数字，最多四位小数，请重新输入或采用价目表价格。`,
  'price.notAllowed': (of) =>
    `您最低可售 ${of.price('lowest')}（价目表 ${of.price('listUnitPrice')}）。${askChinese(of.text('ask'))}`,
  'price.reasonMissing': (of) => `自定单价须写明原因，最多 ${of.text('max')} 个字符，或采用价目表价格。`,
  'amount.changed': (of) =>
    `此行现为 ${of.amount('now')}，不是 ${of.amount('quoted')}：促销或税率有变。请接受或删除此行。`,
  'currency.mixed': (of) => `此行以 ${of.text('other')} 计价，订单以 ${of.text('first')} 计价，请另开一单。`,
  'stock.short': (of) =>
    `库存只剩 ${of.quantity('availableBase')}，缺 ${of.quantity('missingBase')}。请按现有数量下单或删除此行。`,
  'facts.old': (of) => `本机的${factChinese(of.text('fact'))}已是 ${ageChinese(of)}前的。`,
  'facts.confirm': (of) =>
    `本机的${factChinese(of.text('fact'))}已是 ${ageChinese(of)}前的。订单可以保存，发货前须经店长确认。`,
  'facts.tooOld': (of) =>
    `本机的${factChinese(of.text('fact'))}已是 ${ageChinese(of)}前的，不能据此接单。请等网络恢复，或找店长处理。`,
  'order.noLines': () => '订单还没有明细，请至少添加一个商品。',
  'order.tooManyLines': (of) => `订单有 ${of.text('count')} 行，最多 ${of.text('max')} 行，请拆分。`,
  'order.totalTooLarge': () => '总额过大，无法精确计算，请拆分订单。',
  'order.unknown': () => '总部没有这张订单。',
  'order.exists': (of) => `这张订单已存在，单号 ${of.text('number')}。`,
  'order.changed': () => '其间有人改过这张订单，请查看最新内容后再改。',
  'order.notOpen': () => '这张订单已不能再改。',
  'order.onHold': (of) => `这张订单已挂起：${of.text('reason')}。店长可以解除。`,
  'order.roleMissing': (of) => `此操作须由${of.text('ask') === 'admin' ? '管理员' : '店长'}进行，请找他们。`,
  'order.fourEyes': () => '制单人不能审核自己的订单，请另找一位店长。',
  'order.notAllOut': (of) => `还有 ${of.quantity('restBase')} 未发货，请先发货或放弃余量。`,
  'reason.missing': (of) => `须写明原因，最多 ${of.text('max')} 个字符。`,
  'tracking.tooLong': (of) => `运单号最多 ${of.text('max')} 个普通字符，请缩短。`,
  'moved.nothing': () => '没有填写发出或退回的数量，请至少填写一行。',
  'moved.line': () => '所填的行不在订单上，或重复填写，请打开订单重试。',
  'ship.tooMuch': (of) =>
    `此行只备货 ${of.quantity('mostBase')}，不是 ${of.quantity('wantedBase')}。请按备货数量发货。`,
  'return.tooMuch': (of) => `此行已发未退只有 ${of.quantity('mostBase')}，不是 ${of.quantity('wantedBase')}，请改少。`,
  'return.creditTooMuch': (of) => `这些商品共 ${of.amount('now')}，退款不能超过此数，请改少。`,
  'payment.notPositive': () => '金额必须大于 0。',
  'payment.paidBack': () => '这笔收款已部分退回，请先作废退款，或找店长。',
  'payment.reference': (of) => `凭证号最多 ${of.text('max')} 个普通字符，请缩短。`,
  'payment.tooMuch': (of) => `此单只有 ${of.amount('now')} 未付，不是 ${of.amount('quoted')}。其余请记到另一张订单。`,
  'payment.unknown': () => '此单没有这笔收款，或已作废，请找店长。',
  'refund.tooMuch': (of) => `此单只多付 ${of.amount('now')}，不是 ${of.amount('quoted')}。请按此退款，或先办理退货。`,
  'order.numberInvalid': (of) => `“${of.text('number')}”不是本机的订单号。`,
  'order.numberTaken': (of) => `单号 ${of.text('number')} 已属于另一张订单。`,
  'order.numberChanged': (of) =>
    `这张订单的单号已由 ${of.text('from')} 改为 ${of.text('to')}：原单号已属于另一张订单。请告知客户。`,
  'note.tooLong': (of) => `备注有 ${of.text('length')} 个字符，最多 ${of.text('max')} 个，请缩短。`,
  'note.unstorable': () => '文字中含有无法保存的字符，请删除粘贴的内容后重新输入。',
  'user.notAllowed': () => '您无权在此操作，请找店长。',
  'user.sessionInvalid': (of) =>
    of.text('why') === 'deactivated'
      ? `${of.text('userName') || '制单人'}的账号已停用，店长可以批准这张订单。`
      : '总部已不接受制单时的登录，请重新登录，或请店长批准。',
  'businessDate.implausible': (of) => `订单日期 ${of.text('date')} 与今天相差太远，请检查本机时钟。`,
};

/** Whom to ask for what one may not do: the first role that may. */
function askEnglish(role: string): string {
  if (role === 'manager') return 'Ask your branch manager, or take the list price.';
  return role === 'admin' ? 'Ask an admin, or take the list price.' : 'Take the list price.';
}

function askChinese(role: string): string {
  if (role === 'manager') return '请找店长批准，或采用价目表价格。';
  return role === 'admin' ? '请找管理员批准，或采用价目表价格。' : '请采用价目表价格。';
}

function factEnglish(fact: string): string {
  if (fact === 'price') return 'What is known of prices';
  return fact === 'stock' ? 'What is known of stock' : 'What is known of what the customer owes';
}

function factChinese(fact: string): string {
  if (fact === 'price') return '价格';
  return fact === 'stock' ? '库存' : '客户欠款';
}

function ageEnglish(of: Values): string {
  const minutes = Number(of.text('minutes'));
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

function ageChinese(of: Values): string {
  const minutes = Number(of.text('minutes'));
  return minutes < 120 ? `${minutes} 分钟` : `${Math.floor(minutes / 60)} 小时`;
}

/** What can be done where a customer owes too much. */
function creditEnglish(ask: string): string {
  if (ask === '') return 'Ask for approval, take a payment, or order less.';
  return 'Take a payment or order less, or ask your branch manager.';
}

function creditChinese(ask: string): string {
  return ask === '' ? '请申请审批、收款或减少订货。' : '请收款或减少订货，或找店长处理。';
}

const SENTENCES: Record<Language, Record<IssueCode, Sentence>> = { en: ENGLISH, 'zh-CN': CHINESE };

export function issueText(of: Issue, language: Language): string {
  return SENTENCES[language][of.code](valuesOf(of.params));
}

function valuesOf(params: Issue['params']): Values {
  const numberOf = (name: string): number => (typeof params[name] === 'number' ? params[name] : 0);
  return {
    text: (name) => String(params[name] ?? ''),
    quantity: (name) => thousandthsToText(numberOf(name)),
    price: (name) => priceToText(numberOf(name), params['currency'] as Currency | undefined),
    amount: (name) => amountToText(numberOf(name), params['currency'] as Currency | undefined),
  };
}

/** A unit price as a plain decimal: at least the currency's digits (2 where it isn't said), up to four. */
export function priceToText(unitPrice: number, currency: Currency | undefined): string {
  const [whole = '0', fraction = ''] = (unitPrice / PRICE_SCALE).toFixed(4).split('.');
  const digits = currency ? CURRENCY_DIGITS[currency] : 2;
  const kept = fraction.replace(/0+$/, '').padEnd(digits, '0');
  return kept ? `${whole}.${kept}` : whole;
}

/** Minor units as a plain decimal. Done on the digits: an amount may be longer than a binary fraction is exact. */
export function amountToText(minor: number, currency: Currency | undefined): string {
  const digits = currency ? CURRENCY_DIGITS[currency] : 2;
  const sign = minor < 0 ? '-' : '';
  const all = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = sign + all.slice(0, all.length - digits);
  return digits > 0 ? `${whole}.${all.slice(-digits)}` : whole;
}
