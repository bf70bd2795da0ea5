/** What people were told: the yardstick that nothing in the system can bend. */
export interface Told {
  orderId: string;
  /** Index of the desk that it was placed on. */
  desk: number;
  /** Its number, once the desk said that the order is saved; undefined while no answer has come. */
  number: string | undefined;
  /** Mutations of it that a desk has acknowledged. */
  acknowledged: number;
  /** Mutations that were asked for and got no answer: they are there or they are not. */
  unanswered: number;
}

export class Ledger {
  readonly orders = new Map<string, Told>();
  readonly outcomes: Record<string, number> = {};

  asked(orderId: string, desk: number): Told {
    const told = { orderId, desk, number: undefined, acknowledged: 0, unanswered: 0 };
    this.orders.set(orderId, told);
    return told;
  }

  count(outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }

  saved(): Told[] {
    return [...this.orders.values()].filter((told) => told.number !== undefined);
  }
}
