/**
 * A line to central that does what lines do: is cut, loses requests, loses replies after central has committed, doubles
 * requests, lets two run at once, and delivers some long after newer ones. What crosses it is the real protocol to the
 * real central. A seed decides which call meets which fault.
 */
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { PushRequest } from '../../src-shared/protocol/mutation.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import type { PushResponse } from '../../src-shared/protocol/receipt.ts';
import type { CentralTransport, TransportCall } from '../../src-main/sync/central-transport.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Tally } from './tally.ts';

export const LINE_FAULTS = [
  'lost request',
  'lost reply',
  'doubled',
  'overlapping',
  'delivered late',
  'garbled reply',
] as const;
type LineFault = (typeof LINE_FAULTS)[number];

/** How often a call over a line that isn't cut meets a fault. */
const FAULT_RATE = 0.35;

function lost(reason: string): AppError {
  return new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason });
}

export class FaultyLine implements CentralTransport {
  readonly #inner: () => CentralTransport;
  readonly #random: SeededRandom;
  readonly #tally: Tally;
  readonly #late: { request: PushRequest; call: TransportCall }[] = [];
  cut = false;
  faultless = false;

  constructor(inner: () => CentralTransport, random: SeededRandom, tally: Tally) {
    this.#inner = inner;
    this.#random = random;
    this.#tally = tally;
  }

  enrol: CentralTransport['enrol'] = (request) => this.#inner().enrol(request);
  signIn: CentralTransport['signIn'] = (request, call) => this.#inner().signIn(request, call);
  digest: CentralTransport['digest'] = (request, call) => this.#inner().digest(request, call);
  dryRun: CentralTransport['dryRun'] = (request, call) => this.#inner().dryRun(request, call);

  // The simulation asks when it wants to: a poke only says when to ask.
  // oxlint-disable-next-line require-yield -- the stream of a line that never pokes
  async *openPoke(): AsyncIterable<PokeMessage> {
    throw lost('refused');
  }

  async pull(...[request, call]: Parameters<CentralTransport['pull']>): ReturnType<CentralTransport['pull']> {
    const fault = this.#fault();
    if (fault === 'lost request') throw lost('no answer');
    const answer = await this.#inner().pull(request, call);
    if (fault === 'lost reply' || fault === 'garbled reply')
      throw lost(fault === 'lost reply' ? 'broken off' : 'not our server');
    return answer;
  }

  async push(request: PushRequest, call: TransportCall): Promise<PushResponse> {
    const inner = this.#inner();
    const fault = this.#fault();
    switch (fault) {
      case 'lost request':
        throw lost('no answer');
      case 'lost reply':
        await inner.push(request, call);
        throw lost('broken off');
      case 'garbled reply':
        await inner.push(request, call);
        throw lost('not our server');
      case 'doubled':
        await inner.push(request, call);
        return inner.push(request, call);
      case 'overlapping': {
        const [, second] = await Promise.all([inner.push(request, call), inner.push(request, call)]);
        return second;
      }
      case 'delivered late':
        this.#late.push({ request, call });
        throw lost('no answer');
      case undefined:
        return inner.push(request, call);
    }
  }

  /** What was held back arrives at last, newest first as likely as not; nobody waits for the answers any more. */
  async deliverLate(): Promise<void> {
    while (this.#late.length > 0) {
      const [held] = this.#late.splice(this.#random.between(0, this.#late.length - 1), 1);
      if (!held) return;
      this.#tally.hit('step: a late request arrives');
      await this.#inner()
        .push(held.request, held.call)
        .catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
        });
    }
  }

  #fault(): LineFault | undefined {
    if (this.cut) {
      this.#tally.hit('fault: line cut');
      throw lost('refused');
    }
    if (this.faultless || !this.#random.chance(FAULT_RATE)) return undefined;
    const fault = this.#random.pick(LINE_FAULTS);
    this.#tally.hit(`fault: ${fault}`);
    return fault;
  }
}
