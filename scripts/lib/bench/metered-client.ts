import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

export interface Units {
  readonly read: number;
  readonly write: number;
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** A document client that tells what its calls consume, indexes included. */
export class MeteredClient {
  readonly client: DynamoDBDocumentClient;
  private readonly units = { read: 0, write: 0 };

  constructor(of: DynamoDBClient) {
    this.client = DynamoDBDocumentClient.from(of, { marshallOptions: { removeUndefinedValues: true } });
    this.client.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const input = { ...args.input, ReturnConsumedCapacity: "TOTAL" } as typeof args.input;
          const result = await next({ ...args, input });
          const { ConsumedCapacity = [] } = result.output as {
            readonly ConsumedCapacity?: Capacity | readonly Capacity[];
          };
          const kind = /Put|Update|Delete|Write/.test(commandName) ? "write" : "read";
          for (const { CapacityUnits = NaN } of [ConsumedCapacity].flat()) this.units[kind] += CapacityUnits;
          return result;
        },
      { step: "initialize", name: "meter" },
    );
  }

  /** Of what is done meanwhile. */
  async during(work: () => Promise<unknown>): Promise<Units> {
    const { read, write } = this.units;
    await work();
    return { read: this.units.read - read, write: this.units.write - write };
  }
}
