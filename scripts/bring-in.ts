/**
 * `npm run bring-in -- FILE --central URL --user NAME`: brings the orders of an "orders out" file in at central, for a
 * desk that can't send them any more. Each is taken once, so running it again does no harm.
 *
 * The password is asked for on the terminal, or taken from ORDERDESK_PASSWORD. Exit code 1 when something is left over.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from '../src-shared/protocol/limits.ts';
import { ordersOut, type OrdersOut } from '../src-shared/protocol/orders-out.ts';
import { callerOf, type Caller } from './start/trpc-call.ts';
import { inWords } from './start/words.ts';

const USAGE = inWords({
  en: 'Usage: npm run bring-in -- FILE --central URL --user NAME\n',
  zh: '用法：npm run bring-in -- 文件 --central 网址 --user 用户名\n',
});

interface Told {
  outcome: string;
  reason?: string;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: { central: { type: 'string' }, user: { type: 'string' } },
  });
  const [file] = positionals;
  if (!file || values.central === undefined || values.user === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const out = ordersOut.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { signal } = new AbortController();
  const origin = values.central.replace(/\/+$/, '');
  const password = process.env['ORDERDESK_PASSWORD'] ?? (await askPassword(values.user));
  const { token } = await callerOf(origin, '', signal).mutate<{ token: string }>('auth.signIn', {
    userName: values.user,
    password,
  });
  const counts = new Map<string, number>();
  const central = callerOf(origin, token, signal);
  for (const part of partsOf(out)) await bringIn(central, part, counts);
  const left = [...counts].filter(([outcome]) => outcome !== 'applied' && outcome !== 'refused');
  const sum = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  process.stdout.write(`${sum || inWords({ en: 'nothing in it', zh: '文件中没有内容' })}\n`);
  if (counts.has('refused')) {
    const text = { en: 'Refused ones wait at central for a person.\n', zh: '被拒的内容在总部等待处理。\n' };
    process.stdout.write(inWords(text));
  }
  return left.length === 0 ? 0 : 1;
}

async function bringIn(central: Caller, part: OrdersOut, counts: Map<string, number>): Promise<void> {
  const { outcomes } = await central.mutate<{ outcomes: (Told | null)[] }>('orders.bringIn', part);
  for (const [index, told] of outcomes.entries()) {
    const outcome = told?.outcome ?? 'unreadable';
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const entry = part.entries[index];
    if (outcome !== 'applied') process.stdout.write(`${entry?.id ?? ''} ${outcome} ${told?.reason ?? ''}\n`);
  }
}

/** As many entries at a time as a push may have, in the order of the outbox. */
function* partsOf(out: OrdersOut): Generator<OrdersOut> {
  let entries: OrdersOut['entries'] = [];
  let bytes = 0;
  for (const entry of out.entries) {
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (entries.length === MAX_PUSH_MUTATIONS || (entries.length > 0 && bytes + size > MAX_PUSH_BYTES)) {
      yield { ...out, entries };
      entries = [];
      bytes = 0;
    }
    entries.push(entry);
    bytes += size;
  }
  if (entries.length > 0) yield { ...out, entries };
}

async function askPassword(user: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(inWords({ en: `Password of ${user}: `, zh: `${user} 的密码：` }));
  } finally {
    terminal.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
