/**
 * Reads a row's values as what they are meant to be. The first fault is kept as the row's refusal and reading goes on
 * with a harmless value: whoever reads asks for `refusal` before using what was read.
 *
 * Nothing is mended: "1,5" is no quantity, 2.55555 no price, 31 February no date.
 */
import { calendarDate } from '../../src-shared/domain/calendar-date.ts';
import { CURRENCY_DIGITS, type Currency } from '../../src-shared/domain/money.ts';
import { customerGroup } from '../../src-shared/domain/customer.ts';
import { unitPriceFromText } from '../../src-shared/domain/money.ts';
import { WHOLE_RATE } from '../../src-shared/domain/pricing/tax.ts';
import { ONE, thousandthsFromText } from '../../src-shared/domain/quantity.ts';
import { unitCode } from '../../src-shared/domain/unit.ts';
import type { ColumnMapping } from './columns.ts';
import { refusal, type Refusal, type RefusalCode, type Refusals } from './refusal.ts';
import type { SourceRow } from './source/row-source.ts';
import { NONE_WORDS, UNIT_WORDS, YES_NO_WORDS } from './words.ts';

export class RowReader {
  readonly row: number;
  refusal: Refusal | undefined;
  readonly #cells: readonly string[];
  readonly #mapping: ColumnMapping;

  constructor(source: SourceRow, mapping: ColumnMapping) {
    this.row = source.row;
    this.#cells = source.cells;
    this.#mapping = mapping;
    if (source.cells.length !== mapping.header.length) {
      this.refuse('columnCount', { found: source.cells.length, expected: mapping.header.length });
    }
    const faulty = source.faultyCell;
    if (faulty) this.refuse('faultyCell', { field: mapping.header[faulty.column] ?? '', value: faulty.value });
  }

  refuse<C extends RefusalCode>(code: C, params: Refusals[C]): void {
    this.refusal ??= refusal(code, params);
  }

  /** Whether the file has a column for this field at all. */
  has(field: string): boolean {
    return this.#mapping.columns.has(field);
  }

  /** '' where the file has no such column, too. */
  text(field: string): string {
    return this.#cells[this.#mapping.columns.get(field) ?? -1] ?? '';
  }

  required(field: string): string {
    const text = this.text(field);
    if (text === '') this.refuse('required', { field });
    return text;
  }

  /** Thousandths, not below 0. */
  quantity(field: string): number {
    const value = this.required(field);
    const thousandths = thousandthsFromText(value);
    if (thousandths === undefined) {
      const tooPrecise = /^[+-]?\d*\.\d{4,}$/.test(value);
      const tooLarge = /^[+-]?\d{10,}(\.\d*)?$/.test(value);
      this.refuse(tooPrecise ? 'tooPrecise' : tooLarge ? 'tooLarge' : 'notNumber', { field, value });
    } else if (thousandths < 0) this.refuse('negative', { field, value });
    return thousandths ?? 0;
  }

  /** Thousandths, above 0. */
  positiveQuantity(field: string): number {
    const value = this.text(field);
    const thousandths = thousandthsFromText(value);
    if (thousandths !== undefined && thousandths <= 0) this.refuse('notPositive', { field, value });
    return this.quantity(field);
  }

  /** Ten-thousandths of the major unit, above 0. Read from the decimal text: no binary fraction in between. */
  positivePrice(field: string): number {
    const value = this.required(field);
    const price = unitPriceFromText(value);
    if (price === undefined) this.refuse(value.startsWith('-') ? 'notPositive' : 'notPrice', { field, value });
    else if (price === 0) this.refuse('notPositive', { field, value });
    return price ?? 0;
  }

  /** Thousandths, above 0 and at most `most`; null where the row says that there is none. */
  quantityOrNone(field: string, most: number): number | null {
    if (this.#saysNone(field)) return null;
    const quantity = this.positiveQuantity(field);
    if (quantity > most) this.refuse('tooLarge', { field, value: this.text(field) });
    return quantity;
  }

  /** A rate in percent ("13", "13%", "9.5 %") as basis points; null where the row says that there is none. */
  rate(field: string): number | null {
    if (this.#saysNone(field)) return null;
    const value = this.text(field);
    const match = /^(\d{1,3})(?:\.(\d{1,2}))?\s*(%?)$/.exec(value.normalize('NFKC'));
    const [, whole = '', fraction = '', sign = ''] = match ?? [];
    const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
    if (!match || basisPoints > WHOLE_RATE) this.refuse('notRate', { field, value });
    // 0.13 is how a program writes 13 %, and hardly anybody's 0.13 %: which of the two is a person's to say.
    else if (basisPoints > 0 && basisPoints < 100 && sign === '') {
      this.refuse('rateOrShare', { field, value, percent: String(basisPoints) });
    }
    return basisPoints;
  }

  /** A customer group's code; null where the row says that there is none. */
  groupCode(field: string): string | null {
    if (this.#saysNone(field)) return null;
    const code = this.text(field);
    const max = customerGroup.shape.code.maxLength ?? Infinity;
    if (code.length > max) this.refuse('tooLong', { field, length: code.length, max });
    return code;
  }

  #saysNone(field: string): boolean {
    return NONE_WORDS.has(this.text(field).toLowerCase());
  }

  /** Of at most so many characters; null where the row says that there is none. */
  textOrNone(field: string, max: number): string | null {
    if (this.#saysNone(field)) return null;
    const text = this.text(field);
    if (text.length > max) this.refuse('tooLong', { field, length: text.length, max });
    return text;
  }

  /** A whole number of days, at most `most`; null where the row says that there is none. */
  daysOrNone(field: string, most: number): number | null {
    if (this.#saysNone(field)) return null;
    const value = this.text(field);
    const days = /^\d{1,5}$/.test(value) ? Number(value) : undefined;
    if (days === undefined) this.refuse('notDays', { field, value });
    else if (days > most) this.refuse('tooLarge', { field, value });
    return days ?? 0;
  }

  /** Minor units, not below 0; null where the row says that there is none. */
  amountOrNone(field: string, currency: Currency): number | null {
    if (this.#saysNone(field)) return null;
    const value = this.text(field);
    const digits = CURRENCY_DIGITS[currency];
    const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(value.replaceAll(',', '')) ?? [];
    if (whole === undefined || fraction.length > digits) this.refuse('notAmount', { field, value });
    return Number(`${whole ?? ''}${fraction.padEnd(digits, '0')}`);
  }

  /** `YYYY-MM-DD`; `/` and `.` between the parts and single digits are read too. */
  date(field: string): string {
    return this.dateTime(field).slice(0, 10);
  }

  /** `YYYY-MM-DDTHH:mm`, midnight where the value is a day. */
  dateTime(field: string): string {
    const value = this.required(field);
    const match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?$/.exec(value);
    const [, year = '', month = '', day = '', hour = '0', minute = '00'] = match ?? [];
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (!match || !calendarDate.safeParse(date).success || Number(hour) > 23 || Number(minute) > 59) {
      this.refuse('notDate', { field, value });
      return '1970-01-01T00:00';
    }
    return `${date}T${hour.padStart(2, '0')}:${minute}`;
  }

  yesNo(field: string): boolean {
    const value = this.text(field);
    const answer = YES_NO_WORDS.get(value.toLowerCase());
    if (answer === undefined) this.refuse('notYesNo', { field, value });
    return answer ?? true;
  }

  /** A unit's code; the usual words for one are read as it (words.ts). */
  unit(field: string): string {
    const value = this.required(field);
    const unit = UNIT_WORDS.get(value.toLowerCase()) ?? value;
    if (!unitCode.safeParse(unit).success) this.refuse('notUnit', { field, value });
    return unit;
  }

  /** A whole or broken count of base units in one pack, in thousandths of the base unit. */
  factor(field: string): number {
    const factor = this.positiveQuantity(field);
    if (factor > 1_000_000 * ONE) this.refuse('tooLarge', { field, value: this.text(field) });
    return factor;
  }

  /** Eight, twelve, thirteen or fourteen digits with a right check digit (GS1 General Specifications, 7.9). */
  barcode(field: string): string | null {
    const value = this.text(field);
    if (value === '') return null;
    if (!/^(\d{8}|\d{12,14})$/.test(value) || !hasRightCheckDigit(value)) this.refuse('notBarcode', { field, value });
    return value;
  }
}

function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    sum += Number(digits[digits.length - 1 - place]) * (place % 2 === 0 ? 1 : 3);
  }
  return sum % 10 === 0;
}
