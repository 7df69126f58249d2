/** Puts entries into batches, sends a few of them at a time, and tells in order how far all is done. */

export interface Entry<T> {
  /** No two of one key are under way at once: DynamoDB refuses them in one call, and the later one must win. */
  readonly key: string;
  readonly value: T;
  readonly bytes: number;
  readonly units: number;
}

export interface BatchLimits {
  readonly entries: number;
  readonly bytes: number;
  readonly units: number;
  /** Batches that are sent at once. */
  readonly underWay: number;
}

interface Batch<Mark> {
  readonly mark: Mark;
  isDone: boolean;
}

/**
 * @typeParam Mark says how far the source was read: `onDone` gets one only when everything before it was sent.
 */
export class Batches<T, Mark> {
  private entries: Entry<T>[] = [];
  private readonly sending = new Set<Promise<void>>();
  private readonly sent: Batch<Mark>[] = [];
  private readonly keys = new Set<string>();
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly limits: BatchLimits,
    private readonly send: (values: readonly Entry<T>[]) => Promise<void>,
    private readonly onDone: (mark: Mark) => void,
  ) {}

  /**
   * @param before how far the source was read before this entry.
   * @throws what sending an earlier batch has thrown.
   */
  async add(entry: Entry<T>, before: Mark): Promise<void> {
    if (this.keys.has(entry.key)) {
      await this.flush(before);
      await this.settled();
    }
    if (!this.hasRoomFor(entry)) await this.flush(before);
    this.entries.push(entry);
    this.keys.add(entry.key);
  }

  /**
   * Sends what is left and waits for everything.
   *
   * @throws what sending a batch has thrown.
   */
  async end(mark: Mark): Promise<void> {
    await this.flush(mark);
    await this.settled();
  }

  /** Waits for what is under way, whether it succeeds or not. */
  async drain(): Promise<void> {
    await Promise.all(this.sending);
  }

  private hasRoomFor({ bytes, units }: Entry<T>): boolean {
    const total = this.entries.reduce((sum, entry) => sum + entry.bytes, bytes);
    const totalUnits = this.entries.reduce((sum, entry) => sum + entry.units, units);
    const { limits } = this;
    const isFull = this.entries.length >= limits.entries || total > limits.bytes || totalUnits > limits.units;
    return this.entries.length === 0 || !isFull;
  }

  private async flush(mark: Mark): Promise<void> {
    const { entries } = this;
    this.entries = [];
    while (this.sending.size >= this.limits.underWay) await Promise.race(this.sending);
    this.throwFailure();
    const batch = { mark, isDone: entries.length === 0 };
    this.sent.push(batch);
    if (batch.isDone) {
      this.tell();
      return;
    }
    const sending = this.sendOne(entries, batch);
    this.sending.add(sending);
    void sending.then(() => this.sending.delete(sending));
  }

  private async sendOne(entries: readonly Entry<T>[], batch: Batch<Mark>): Promise<void> {
    try {
      await this.send(entries);
      batch.isDone = true;
      this.tell();
    } catch (error) {
      this.failure ??= { error };
    }
    for (const { key } of entries) this.keys.delete(key);
  }

  private tell(): void {
    let last: Batch<Mark> | undefined;
    while (this.sent[0]?.isDone) last = this.sent.shift();
    if (last !== undefined) this.onDone(last.mark);
  }

  private async settled(): Promise<void> {
    await this.drain();
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
