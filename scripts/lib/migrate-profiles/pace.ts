/** Keeps what a table is asked for below a limit, as a token bucket for the table and each index. */

import type { Timer } from "../../../functions/shared/timer";

/** Units that a call has consumed, by what each of them was taken from. */
export type Consumption = ReadonlyMap<string, number>;

export class Pace {
  private readonly balances: Map<string, number>;
  private filled: number;
  private turn: Promise<void> = Promise.resolve();

  /**
   * @param unitsPerSecond of each target; a second's worth may be taken at once.
   * @param targets the table, and its indexes: each has a capacity of its own.
   */
  constructor(
    readonly unitsPerSecond: number,
    targets: readonly string[],
    private readonly timer: Timer,
  ) {
    this.balances = new Map(targets.map((target) => [target, unitsPerSecond]));
    this.filled = timer.now();
  }

  /**
   * Waits until every target has as many units, and takes them; callers are served in turn. More than a
   * second's worth is a debt, which the next one waits for.
   */
  take(units: number, signal: AbortSignal): Promise<void> {
    const taken = this.turn.then(() => this.wait(units, signal));
    this.turn = taken.catch(() => undefined);
    return taken;
  }

  /** Corrects what was taken by what was consumed; a target that is not named consumed nothing. */
  settle(taken: number, consumed: Consumption): void {
    this.refill();
    for (const [target, balance] of this.balances) {
      this.balances.set(target, this.capped(balance + taken - (consumed.get(target) ?? 0)));
    }
  }

  private async wait(units: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      this.refill();
      const lacking = Math.min(units, this.unitsPerSecond) - Math.min(...this.balances.values());
      // What rounding leaves would be slept for without end.
      if (lacking <= 1e-6) break;
      await this.timer.sleep(Math.ceil((lacking / this.unitsPerSecond) * 1000), signal);
    }
    for (const [target, balance] of this.balances) this.balances.set(target, balance - units);
  }

  private refill(): void {
    const now = this.timer.now();
    const gained = ((now - this.filled) / 1000) * this.unitsPerSecond;
    this.filled = now;
    for (const [target, balance] of this.balances) this.balances.set(target, this.capped(balance + gained));
  }

  private readonly capped = (balance: number): number => Math.min(balance, this.unitsPerSecond);
}
