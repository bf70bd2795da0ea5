/** Central's figures, in Prometheus' text format. Counters begin at zero with the program. */
export class Metrics {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, { help: string; read: () => number }>();
  readonly #labelled = new Map<string, { help: string; read: () => readonly [label: string, value: number][] }>();
  readonly #help = new Map<string, string>();

  /** Declares a counter with each of its label sets, so that zero shows before the first event. */
  counter(name: string, help: string, labels: readonly string[] = ['']): void {
    this.#help.set(name, help);
    for (const label of labels) this.#counters.set(name + label, 0);
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#gauges.set(name, { help, read });
  }

  /** One gauge with a value for each label set there is at the moment. */
  gauges(name: string, help: string, read: () => readonly [label: string, value: number][]): void {
    this.#labelled.set(name, { help, read });
  }

  /** `label`: `{verdict="applied"}` or nothing. */
  count(name: string, by = 1, label = ''): void {
    const key = name + label;
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, help] of this.#help) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const [key, value] of this.#counters) {
        if (key === name || key.startsWith(`${name}{`)) lines.push(`${key} ${value}`);
      }
    }
    for (const [name, { help, read }] of this.#gauges) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
    }
    for (const [name, { help, read }] of this.#labelled) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
      for (const [label, value] of read()) lines.push(`${name}${label} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

const OUTCOMES = ['applied', 'refused', 'held', 'unreadable', 'mismatch', 'unauthentic'];

export const FIGURES = {
  pushes: 'orderdesk_pushes_total',
  mutations: 'orderdesk_mutations_total',
  pulls: 'orderdesk_pulls_total',
  changesSent: 'orderdesk_changes_sent_total',
  broughtBack: 'orderdesk_brought_back_total',
  divergences: 'orderdesk_divergences_total',
  changesDropped: 'orderdesk_feed_changes_dropped_total',
  jobs: 'orderdesk_jobs_total',
  alarms: 'orderdesk_desk_alarms_total',
  fills: 'orderdesk_fills_total',
  chunksSent: 'orderdesk_fill_chunks_sent_total',
  chunkBytesSent: 'orderdesk_fill_bytes_sent_total',
} as const;

export function centralMetrics(of: { listening: () => number; lag: () => number; recovering: () => boolean }): Metrics {
  const metrics = new Metrics();
  metrics.counter(FIGURES.pushes, 'Pushes answered.');
  metrics.counter(
    FIGURES.mutations,
    'Mutations answered, repeated ones too, by outcome.',
    OUTCOMES.map((outcome) => `{outcome="${outcome}"}`),
  );
  metrics.counter(FIGURES.pulls, 'Pages of the change feed answered.');
  metrics.counter(FIGURES.broughtBack, 'Settled mutations that desks brought back after a new epoch began.');
  metrics.counter(FIGURES.changesSent, 'Changes in those pages.');
  metrics.counter(FIGURES.divergences, 'Digests that found the feed and the tables to differ.');
  metrics.counter(FIGURES.fills, 'Fills opened or gone on with.');
  metrics.counter(FIGURES.chunksSent, 'Chunks of fills answered.');
  metrics.counter(FIGURES.chunkBytesSent, 'Bytes of those chunks, packed.');
  metrics.counter(FIGURES.changesDropped, 'Changes that compaction took out of the feed.');
  metrics.counter(FIGURES.jobs, 'Jobs that ran, by name and end.', []);
  metrics.counter(FIGURES.alarms, 'Faults that desks found in their rows and reported.');
  metrics.gauge('orderdesk_connected_desks', 'Open poke streams.', of.listening);
  metrics.gauge('orderdesk_feed_lag_transactions', 'Transaction ids between the newest and the gate.', of.lag);
  metrics.gauge('orderdesk_recovery_open', '1 while desks bring back what central lost.', () =>
    of.recovering() ? 1 : 0,
  );
  return metrics;
}
