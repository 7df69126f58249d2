/** Lets only so many works run at once; the others wait for their turn. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is handed on; it is free when nobody waits for it.
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
