/** The business day: the calendar day where the branch is, whatever the time zone of this machine. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @returns `YYYY-MM-DD`. */
export function businessDay(nowMs: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    // Making a formatter takes longer than saving an order.
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return format.format(nowMs);
}
