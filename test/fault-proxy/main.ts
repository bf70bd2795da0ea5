/**
 * The fault proxy as a program: `node test/fault-proxy/main.ts --target http://HOST:PORT [--port N] [--seed S]`. Takes one
 * JSON object a line on standard input: `{"set": {"latencyMs": 1000}}` (faults.ts has them all), `{"do": "heal"}`,
 * `"resetAll"`, `"forgetAll"` or `"counts"`; answers each with a line.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startFaultProxy } from './fault-proxy.ts';

const way = z.enum(['pass', 'drop']);
const command = z.union([
  z.strictObject({
    set: z
      .strictObject({
        latencyMs: z.number().min(0),
        jitterMs: z.number().min(0),
        bytesPerSecond: z.number().positive(),
        up: way,
        down: way,
        accept: z.enum(['pass', 'reset', 'refuse']),
        acceptDelayMs: z.number().min(0),
        resetRate: z.number().min(0).max(1),
        corruptRate: z.number().min(0).max(1),
        truncateRate: z.number().min(0).max(1),
      })
      .partial(),
  }),
  z.strictObject({ do: z.enum(['heal', 'resetAll', 'forgetAll', 'counts']) }),
]);

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { target: text, port: text, seed: text } });
if (values.target === undefined) throw new Error('Say with --target where the line leads to.');
const proxy = await startFaultProxy({
  target: values.target,
  port: Number(values.port ?? 0),
  seed: Number(values.seed ?? 1),
});
console.log(`fault proxy ready at ${proxy.url}`);

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const asked = command.parse(JSON.parse(line));
    if ('set' in asked) await proxy.set(asked.set as Parameters<typeof proxy.set>[0]);
    else if (asked.do !== 'counts') await proxy[asked.do]();
    console.log(JSON.stringify({ done: true, counts: proxy.counts(), bytes: proxy.bytes() }));
  } catch (error) {
    console.log(JSON.stringify({ done: false, error: String(error) }));
  }
}
await proxy.close();
