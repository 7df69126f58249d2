import { STSClient } from "@aws-sdk/client-sts";

/** How many calls by service and operation, such as `DynamoDB DescribeTable`, in alphabetical order. */
export type Calls = Readonly<Record<string, number>>;

type Send = (this: object, command: object, ...rest: readonly unknown[]) => unknown;

/** What every client of the SDK inherits: whoever makes one, its calls go through here. */
const common = Object.getPrototypeOf(STSClient.prototype) as { send: Send };

/**
 * Counts the calls of all clients while something runs; one that is retried is one call. What is done at the same time
 * in this process is counted with it.
 */
export async function countCalls<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: Calls }> {
  const counts = new Map<string, number>();
  const { send } = common;
  common.send = function (command, ...rest) {
    const name = `${nameOf(this, "Client")} ${nameOf(command, "Command")}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return send.call(this, command, ...rest);
  };
  try {
    const result = await run();
    const calls = [...counts].sort(([one], [other]) => one.localeCompare(other));
    return { result, calls: Object.fromEntries(calls) };
  } finally {
    common.send = send;
  }
}

const nameOf = (instance: object, suffix: string): string =>
  instance.constructor.name.slice(0, -suffix.length);
