/** The few drawings we use, as shapes that differ without colour. */
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  clock: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
  alert: 'M8 2.5l6 11H2l6-11zM8 6.5v3M8 11.5v.2',
  dash: 'M4 8h8',
  slash: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 12L12 4',
  plus: 'M8 3.5v9M3.5 8h9',
  list: 'M3 4.5h10M3 8h10M3 11.5h10',
  flag: 'M4 14V2.5M4 3h8l-2 3 2 3H4',
  person: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.6c.7-2.5 2.7-3.8 5.2-3.8s4.5 1.3 5.2 3.8',
  box: 'M2.5 5L8 2.2 13.5 5v6L8 13.8 2.5 11V5zM2.5 5L8 7.8 13.5 5M8 7.8v6',
  cycle: 'M13 8a5 5 0 0 1-9 3M3 8a5 5 0 0 1 9-3M12 2v3H9M4 14v-3h3',
  search: 'M7 11.5A4.5 4.5 0 1 0 7 2.5a4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14',
  cross: 'M4 4l8 8M12 4l-8 8',
  star: 'M8 2.2l1.7 3.7 4 .4-3 2.7.9 4L8 10.9 4.4 13l.9-4-3-2.7 4-.4L8 2.2z',
  pencil: 'M3 13l.7-3L10.5 3.2a1.3 1.3 0 0 1 1.9 0l.4.4a1.3 1.3 0 0 1 0 1.9L6 12.3 3 13z',
  book: 'M3 3.2c2-.8 3.8-.6 5 .5 1.2-1.1 3-1.3 5-.5v9.3c-2-.8-3.8-.6-5 .5-1.2-1.1-3-1.3-5-.5V3.2zM8 3.7V13',
  tag: 'M2.5 8V3a.5.5 0 0 1 .5-.5h5l5.5 5.5-5.5 5.5L2.5 8zM5.4 5.4v.2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg
      className="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
