/**
 * Files whose layout is known, and what is known of them besides. Online Retail is Chen's data set of a wholesaler's
 * invoices: its goods have five digits and letters; postage, fees and corrections have other codes.
 */
const KNOWN_LAYOUTS: readonly { header: readonly string[]; codePattern: string }[] = [
  {
    header: ['invoice_no', 'stock_code', 'description', 'quantity', 'invoice_date', 'unit_price', 'customer_id'],
    codePattern: '^\\d{5}[A-Za-z]*$',
  },
];

/** What a product's code looks like in a file with this header; `undefined` when nothing is known of it. */
export function codePatternOf(header: readonly string[]): string | undefined {
  return KNOWN_LAYOUTS.find((layout) => layout.header.join() === header.map((name) => name.toLowerCase()).join())
    ?.codePattern;
}
