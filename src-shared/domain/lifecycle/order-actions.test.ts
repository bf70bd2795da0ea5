// Goal: who may do what with an order is what docs/order-lifecycle.md says, and nothing else. Method: the table in the
// document is read, and every action is asked of every state by every role, on hold and not.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../role.ts';
import { ACTION_RULES, barredFrom, isAtLeast, ORDER_ACTIONS, type OrderAction } from './order-actions.ts';
import { ORDER_STATES, type OrderState } from './order-state.ts';

const DOCUMENT = new URL('../../../docs/order-lifecycle.md', import.meta.url);

/** By action: who at least in which state, and whether on hold. `–` is nobody. */
function documented(): Map<string, { from: Map<string, string>; onHold: string }> {
  const lines = readFileSync(DOCUMENT, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('| Action |'));
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const states = cells(lines[start] ?? '').slice(1, -1);
  const rows = new Map<string, { from: Map<string, string>; onHold: string }>();
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const [action = '', ...rest] = cells(line);
    const onHold = rest.pop() ?? '';
    rows.set(action, { from: new Map(states.map((state, at) => [state, rest[at] ?? ''])), onHold });
  }
  return rows;
}

describe('the table of actions', () => {
  const table = documented();

  it('stands in the document with every action and every state', () => {
    expect([...table.keys()]).toEqual([...ORDER_ACTIONS]);
    for (const { from } of table.values()) expect([...from.keys()]).toEqual([...ORDER_STATES]);
  });

  it.each(ORDER_ACTIONS)('says of "%s" what the document says, in every state', (action) => {
    const row = table.get(action);
    for (const state of ORDER_STATES) expect(ACTION_RULES[action].from[state] ?? '–', state).toBe(row?.from.get(state));
    expect(action === 'release' ? 'only' : ACTION_RULES[action].onHold ? 'yes' : 'no').toBe(row?.onHold);
  });
});

describe.each(ORDER_ACTIONS)('the action "%s"', (action: OrderAction) => {
  const every = ORDER_STATES.flatMap((state) => ROLES.map((role): [OrderState, Role] => [state, role]));

  it.each(every)('in "%s" by a %s is barred exactly where the table says so, and says why', (state, role) => {
    const least = ACTION_RULES[action].from[state];
    for (const onHold of [false, true]) {
      const holdFits = onHold ? ACTION_RULES[action].onHold : action !== 'release';
      const barred = barredFrom(action, { state, onHold }, role);
      if (least === undefined) expect(barred).toEqual({ why: 'state' });
      else if (!holdFits) expect(barred).toEqual({ why: onHold ? 'onHold' : 'state' });
      else if (isAtLeast(role, least)) expect(barred).toBeUndefined();
      else expect(barred).toEqual({ why: 'role', ask: least });
    }
  });
});

it('nobody may less than those before them', () => {
  expect(ROLES.map((role) => ROLES.map((least) => isAtLeast(role, least)))).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});
