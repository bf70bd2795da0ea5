/**
 * The moment at which a wall clock of the zone shows a time.
 *
 * @param text `YYYY-MM-DDTHH:mm`. A time that the clocks skipped in spring is taken as if they had not yet.
 * @returns Unix milliseconds.
 */
export function wallClockMs(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text}:00Z`);
  const first = asUtc - offsetMs(asUtc, timeZone);
  // The offset may differ at the moment that it led to.
  return asUtc - offsetMs(first, timeZone);
}

/** How far the zone's wall clock is ahead of UTC at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = formatFor(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(at / 1_000) * 1_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}
