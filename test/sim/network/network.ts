/**
 * The network between desks and nodes of central: messages under way, each delivered when the scheduler says so. What
 * crosses it is the real protocol, as bytes; both ends' own code writes and reads them.
 */
import { Readable } from 'node:stream';
import type { LightMyRequestResponse } from 'fastify';
import { LATENCY_MS, LINE_FAULT_RATE } from '../limits.ts';
import { actAs, actorNow, type Actor } from '../world/actor.ts';
import type { World } from '../world/world.ts';
import { breakLine, refused } from './failures.ts';
import { Line } from './line.ts';
import { faultOf, REQUEST_FAULTS, type FaultPlan } from './message-faults.ts';

/** A node, as the network reaches it; `undefined` while it is down. */
export type Reachable = () => { actor: Actor; inject: Inject } | undefined;
export type Inject = (request: {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  payload?: Buffer;
  payloadAsStream?: boolean;
}) => Promise<LightMyRequestResponse>;

export interface Message {
  id: number;
  at: number;
  line: Line;
  label: string;
  deliver: () => void;
}

/** A request, as the desk's own HTTP code hands it over (sim-request.ts). */
export interface Asked {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  payload: Buffer | undefined;
  /** There is a connection: what comes after it may have arrived. */
  connected: () => void;
  answer: (answer: Answer) => void;
  fail: (error: Error) => void;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

/** A request under way. */
interface Outgoing extends Omit<Asked, 'url'> {
  from: Actor;
  line: Line;
  node: string;
  path: string;
  plan: FaultPlan | undefined;
  /** Whether the desk still waits for the answer. */
  open: boolean;
}

export class Network {
  readonly #world: World;
  readonly #nodes: ReadonlyMap<string, Reachable>;
  readonly lines = new Map<string, Line>();
  #messages: Message[] = [];
  #lastId = 0;
  #lastDelivered = 0;
  /** No new fault is planned. */
  faultless = true;

  constructor(world: World, nodes: ReadonlyMap<string, Reachable>) {
    this.#world = world;
    this.#nodes = nodes;
  }

  line(of: string): Line {
    let line = this.lines.get(of);
    if (!line) {
      line = new Line(of);
      this.lines.set(of, line);
    }
    return line;
  }

  due(): readonly Message[] {
    return this.#messages.filter((message) => message.at <= this.#world.nowMs);
  }

  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#messages) if (next === undefined || at < next) next = at;
    return next;
  }

  deliver(message: Message): void {
    this.#messages = this.#messages.filter((other) => other !== message);
    if (message.id < this.#lastDelivered) this.#world.tally.hit('fault: message overtaken');
    this.#lastDelivered = Math.max(this.#lastDelivered, message.id);
    this.#world.note('message', message.line.name, `${message.id} ${message.label}`);
    message.deliver();
  }

  /**
   * Sends a request. A host names a line and a node: `http://<line>.<node>.sim`.
   *
   * @returns a function for the desk to give it up with; central hears nothing of that.
   */
  ask(asked: Asked): () => void {
    const [lineName = '', node = ''] = asked.url.hostname.split('.');
    const from = actorNow();
    if (!from) throw new Error(`the simulation itself asks for ${asked.url.href}`);
    // The rest of the turn in which it died: nothing of that leaves the machine.
    if (!from.alive) return () => undefined;
    const outgoing: Outgoing = {
      ...asked,
      from,
      line: this.line(lineName),
      node,
      path: `${asked.url.pathname}${asked.url.search}`,
      plan: this.#plan(asked.url.pathname),
      open: true,
      answer: (answer) => once(() => actAs(from, () => asked.answer(answer))),
      fail: (error) => once(() => actAs(from, () => asked.fail(error))),
    };
    const once = (run: () => void): void => {
      if (!outgoing.open || !from.alive) return;
      outgoing.open = false;
      run();
    };
    this.#send(outgoing);
    return () => {
      outgoing.open = false;
      outgoing.line.abandoned(outgoing);
    };
  }

  /** Mends every line: what was delayed comes now, what hung on one is broken off. */
  heal(): void {
    this.faultless = true;
    for (const message of this.#messages) {
      message.at = Math.min(message.at, this.#world.nowMs + this.#world.random.between(...LATENCY_MS));
    }
    for (const line of this.lines.values()) this.mend(line);
  }

  mend(line: Line): void {
    Object.assign(line, { refusing: false, upBlocked: false, downBlocked: false });
    for (const lost of line.takeLost()) this.#post(line, 'broken off', () => lost.fail(breakLine()));
  }

  /** A node has died: whoever waits for it is told by its machine. */
  nodeDied(node: string): void {
    for (const line of this.lines.values()) {
      for (const waiting of line.waitingFor(node)) {
        this.#post(line, 'reset', () => waiting.fail(breakLine()));
      }
    }
  }

  #plan(path: string): FaultPlan | undefined {
    if (this.faultless || path.startsWith('/sync/poke') || !this.#world.random.chance(LINE_FAULT_RATE))
      return undefined;
    const plan = faultOf(this.#world.random, this.#world.random.pick(REQUEST_FAULTS));
    this.#world.tally.hit(`fault: ${plan.fault}`);
    return plan;
  }

  #post(line: Line, label: string, deliver: () => void, delayMs?: number): void {
    this.#lastId += 1;
    const at = this.#world.nowMs + (delayMs ?? this.#world.random.between(...LATENCY_MS));
    this.#messages.push({ id: this.#lastId, at, line, label, deliver });
  }

  #send(outgoing: Outgoing): void {
    const { line, path, plan } = outgoing;
    if (line.refusing) {
      this.#world.tally.hit('fault: line cut');
      this.#post(line, `refused ${path}`, () => outgoing.fail(refused()));
      return;
    }
    line.waiting.add(outgoing);
    if (line.upBlocked) {
      this.#world.tally.hit('fault: one-way partition');
      return line.lose(outgoing);
    }
    outgoing.connected();
    if (plan?.fault === 'request lost') return line.lose(outgoing);
    this.#post(line, path, () => this.#arrive(outgoing), plan?.requestDelayMs);
    if (plan?.fault === 'request doubled') {
      this.#post(line, `${path} again`, () => void this.#reach(outgoing).catch(() => undefined), plan.secondDelayMs);
    }
  }

  #arrive(outgoing: Outgoing): void {
    const { line, path, plan } = outgoing;
    if (line.upBlocked) {
      this.#world.tally.hit('fault: one-way partition');
      return line.lose(outgoing);
    }
    if (plan?.fault === 'foreign page') {
      return this.#post(line, 'foreign page', () => {
        line.waiting.delete(outgoing);
        outgoing.answer(foreignPage(outgoing));
      });
    }
    void this.#reach(outgoing).then(
      (response) => this.#reply(outgoing, response),
      () => this.#post(line, `reset ${path}`, () => outgoing.fail(breakLine())),
    );
  }

  /** @throws when the node is down. */
  async #reach(outgoing: Outgoing): Promise<LightMyRequestResponse> {
    const node = this.#nodes.get(outgoing.node)?.();
    if (!node) throw refused();
    const { method, path: url, headers, payload, plan } = outgoing;
    const request = {
      method,
      url,
      headers,
      ...(payload && { payload: plan?.spoilRequest ? plan.spoilRequest(payload) : payload }),
      payloadAsStream: method === 'GET',
    };
    return actAs(node.actor, () => node.inject(request));
  }

  #reply(outgoing: Outgoing, response: LightMyRequestResponse): void {
    const { line, path, plan, method } = outgoing;
    const { statusCode: status } = response;
    const headers = headersOf(response);
    if (method === 'GET') return this.#stream(outgoing, response);
    if (plan?.fault === 'reply lost') return line.lose(outgoing);
    if (plan?.fault === 'line broken after the commit') {
      return this.#post(line, `broken ${path}`, () => outgoing.fail(breakLine()));
    }
    const body = plan?.spoilReply ? plan.spoilReply(response.rawPayload) : response.rawPayload;
    const arrive = (): void => {
      if (line.downBlocked) {
        this.#world.tally.hit('fault: one-way partition');
        return line.lose(outgoing);
      }
      line.waiting.delete(outgoing);
      outgoing.answer({ status, headers, body: bodyOf(outgoing.from, body) });
    };
    this.#post(line, `${status} ${path}`, arrive, plan?.replyDelayMs);
  }

  /** A held-open answer: its bytes go down one by one, for as long as the line and both ends hold. */
  #stream(outgoing: Outgoing, response: LightMyRequestResponse): void {
    const { line, path, from } = outgoing;
    const source = response.stream();
    const hangUp = (): void => {
      line.streams.delete(broken);
      response.raw.res.destroy();
    };
    const body = actAs(
      from,
      () => new Readable({ read: () => undefined, destroy: (_, done) => (hangUp(), done(null)) }),
    );
    const broken = (): void => {
      hangUp();
      if (from.alive) actAs(from, () => body.destroy(breakLine()));
    };
    line.streams.set(broken, outgoing.node);
    const send = (label: string, bytes: Buffer | null): void =>
      this.#post(line, label, () => {
        if (!from.alive || line.downBlocked || !line.streams.has(broken)) return;
        if (bytes === null) line.streams.delete(broken);
        actAs(from, () => body.push(bytes));
      });
    source.on('data', (bytes: Buffer) => send('poke', bytes));
    source.on('error', () => undefined);
    source.on('end', () => send('end of pokes', null));
    this.#post(line, `${response.statusCode} ${path}`, () => {
      line.waiting.delete(outgoing);
      if (!outgoing.open || !from.alive) return hangUp();
      outgoing.answer({ status: response.statusCode, headers: headersOf(response), body });
    });
  }
}

function headersOf(response: LightMyRequestResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
}

function bodyOf(actor: Actor, bytes: Buffer): Readable {
  return actAs(actor, () => Readable.from([bytes], { objectMode: false }));
}

/** What a hotel's gateway answers in central's place. */
function foreignPage({ from }: Outgoing): Answer {
  const body = Buffer.from('<!doctype html><title>Welcome to our guest network</title>');
  return { status: 200, headers: { 'content-type': 'text/html' }, body: bodyOf(from, body) };
}
