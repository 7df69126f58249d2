/** Which calls clients make: of every client among them, whatever its service. */

export type Calls = Readonly<Record<string, number>>;

interface Stacked {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: unknown) => Promise<unknown>,
        context: { readonly clientName?: string; readonly commandName?: string },
      ) => (args: unknown) => Promise<unknown>,
      options: { readonly step: "initialize" },
    ): void;
  };
}

/** Counts by service and operation, such as `DynamoDB DescribeTable`, from now on. A call that is retried is one. */
export class CallCounter {
  private counts = new Map<string, number>();

  constructor(clients: object) {
    for (const client of Object.values(clients) as readonly unknown[]) {
      if (!isClient(client)) continue;
      client.middlewareStack.add(
        (next, { clientName = "", commandName = "" }) =>
          (args) => {
            const name = `${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`;
            this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
            return next(args);
          },
        { step: "initialize" },
      );
    }
  }

  /** Those since it was last asked, in alphabetical order. */
  take(): Calls {
    const taken = [...this.counts].sort(([one], [other]) => one.localeCompare(other));
    this.counts = new Map();
    return Object.fromEntries(taken);
  }
}

const isClient = (value: unknown): value is Stacked =>
  typeof value === "object" && value !== null && "middlewareStack" in value;
