/**
 * The proof of "saved is saved": every disk that a power cut could have left is opened, and each must be a state that
 * the desk had, no older than its last promise.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ImageFound, ImageShare } from './image-worker.ts';
import { crashImages, type ImageChoice } from './images.ts';
import type { Finding } from './inspect-image.ts';
import type { DeskContent, KeptMutation } from './read-desk.ts';
import { readSaid, type SaidOrder } from './said.ts';
import type { DiskEvent } from './trace.ts';

export interface ProofReport {
  /** Calls that changed the disk, or made it durable. */
  calls: number;
  /** Places between two of them where the power may go. */
  cuts: number;
  /** Different disks that were opened. */
  images: number;
  /** Orders that were promised in all. */
  promised: number;
  /** Of them those that some image lacks, wholly or in part. */
  lost: number;
  /** Images that lack a promised order. */
  losing: number;
  /** Images that the desk could not open. */
  unopened: number;
  /** Images whose tables contradict each other: half an order, stock without one, a number to be given twice. */
  torn: number;
  /** Images that open to a state that the desk was not in since its last promise. */
  strange: number;
  /** The first few of all these, in words. */
  examples: string[];
}

/** A thread takes as long to start as it takes to open some hundred images. */
const IMAGES_PER_THREAD = 500;

/** Shown of what went wrong; one is mostly enough to look into. */
const EXAMPLES = 5;

interface Opened {
  /** How much had been said at the cuts that leave this very disk, and the first of these cuts. */
  cuts: Map<number, string>;
  finding: Finding | undefined;
}

export async function provePowerCuts(events: readonly DiskEvent[], choice: ImageChoice): Promise<ProofReport> {
  const byKey = new Map<string, Opened>();
  /** By how much had been said: the disk right then, with nothing lost. */
  const whole = new Map<number, Opened>();
  for (const { key, cut, said, how } of crashImages(events, choice)) {
    let image = byKey.get(key);
    if (!image) byKey.set(key, (image = { cuts: new Map(), finding: undefined }));
    if (!image.cuts.has(said)) image.cuts.set(said, `cut ${cut}, ${how} of what was not synced`);
    if (how === 'all' && !whole.has(said)) whole.set(said, image);
  }
  const images = [...byKey.values()];
  const contents = new Map<string, DeskContent>();
  const threads = Math.min(availableParallelism(), Math.ceil(images.length / IMAGES_PER_THREAD));
  await openAll({ events, choice, of: threads }, ({ image, finding }) => {
    const opened = images[image];
    if (opened) opened.finding = finding;
    if (finding.opened && finding.content) contents.set(finding.digest, finding.content);
  });
  return judged(events, { images, whole, contents });
}

async function openAll(all: Omit<ImageShare, 'nth'>, found: (of: ImageFound) => void): Promise<void> {
  const done = Array.from({ length: all.of }, async (_, nth) => {
    const share: ImageShare = { ...all, nth };
    // Not this thread's flags: they may name a loader that only the test runner has.
    const worker = new Worker(new URL('image-worker.ts', import.meta.url), { workerData: share, execArgv: [] });
    worker.on('message', found);
    await new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', resolve);
    });
  });
  await Promise.all(done);
}

/** One line for the person who runs the tests. */
export function reportLine(title: string, of: ProofReport): string {
  const { calls, cuts, images, promised, lost, losing, unopened, torn, strange } = of;
  const wrong = `in images that lose one ${losing}, don't open ${unopened}, are torn ${torn}, are no state it had ${strange}`;
  return `power cut, ${title}: ${calls} calls, ${cuts} cuts, ${images} images; ${promised} orders promised, ${lost} lost; ${wrong}`;
}

interface Evidence {
  images: readonly Opened[];
  whole: ReadonlyMap<number, Opened>;
  contents: ReadonlyMap<string, DeskContent>;
}

function judged(events: readonly DiskEvent[], { images, whole, contents }: Evidence): ProofReport {
  const promises = promisesOf(events);
  const lost = new Set<string>();
  const report = { losing: 0, unopened: 0, torn: 0, strange: 0, examples: [] as string[] };
  const digestWhen = (said: number): string | undefined => {
    const finding = whole.get(said)?.finding;
    return finding?.opened ? finding.digest : undefined;
  };
  for (const { cuts, finding } of images) {
    if (!finding) throw new Error('proof: an image was not opened');
    const said = Math.max(...cuts.keys());
    const count = (what: 'losing' | 'unopened' | 'torn' | 'strange', words: string): void => {
      report[what] += 1;
      if (report.examples.length < EXAMPLES) report.examples.push(`${cuts.get(said) ?? ''}: ${words}`);
    };
    const content = finding.opened ? contents.get(finding.digest) : undefined;
    const missing = [...(promises[said] ?? [])].filter(([id, promised]) => !keeps(content, id, promised));
    for (const [orderId] of missing) lost.add(orderId);
    if (missing.length > 0) count('losing', `${missing.length} promised orders are not there`);
    if (!finding.opened) count('unopened', finding.error);
    else if (content && content.problems.length > 0) count('torn', content.problems.join('; '));
    // Before the first line there are commits that nobody was told of.
    const states = [...cuts.keys()].filter((at) => at > 0).map((at) => [digestWhen(at), digestWhen(at + 1)]);
    if (finding.opened && states.some((allowed) => !allowed.includes(finding.digest))) {
      count('strange', 'not a state of the desk since its last promise');
    }
  }
  return {
    calls: events.filter((event) => event.kind !== 'say').length,
    cuts: events.length + 1,
    images: images.length,
    promised: promises.at(-1)?.size ?? 0,
    lost: lost.size,
    ...report,
  };
}

/** By how many lines had been said: what the desk had promised of each order, oldest first. */
function promisesOf(events: readonly DiskEvent[]): ReadonlyMap<string, readonly SaidOrder[]>[] {
  const promises: ReadonlyMap<string, readonly SaidOrder[]>[] = [new Map()];
  for (const event of events) {
    if (event.kind !== 'say') continue;
    const next = new Map(promises.at(-1));
    const said = readSaid(event.line);
    if (said.said === 'order') next.set(said.orderId, [...(next.get(said.orderId) ?? []), said]);
    promises.push(next);
  }
  return promises;
}

/** Whether the order is there with all that was answered about it; it may have gone one step further. */
function keeps(content: DeskContent | undefined, orderId: string, promised: readonly SaidOrder[]): boolean {
  const kept = content?.orders.find((order) => order.orderId === orderId);
  if (kept?.number !== promised[0]?.number) return false;
  return promised.every((said, index) => isSame(kept?.mutations[index], said));
}

function isSame(kept: KeptMutation | undefined, said: SaidOrder): boolean {
  if (kept?.what !== said.what || JSON.stringify(kept.lines) !== JSON.stringify(said.lines)) return false;
  return kept.number === said.number && kept.status === said.status && kept.totalMinor === said.totalMinor;
}
