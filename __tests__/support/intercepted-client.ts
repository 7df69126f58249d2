import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** A call of a table, by its command: `UpdateCommand` and the like. */
export interface TableCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Sees each call, and decides what becomes of it: `send` makes it. */
export type InterceptCall = (call: TableCall, send: () => Promise<unknown>) => Promise<unknown>;

/** The client with every call handed to the function first. */
export function interceptedClient(client: DynamoDBDocumentClient, intercept: InterceptCall) {
  const send = (command: { readonly input: TableCall["input"] }): Promise<unknown> =>
    intercept({ name: command.constructor.name, input: command.input }, () =>
      client.send(command as unknown as Parameters<DynamoDBDocumentClient["send"]>[0]),
    );
  return { send } as unknown as DynamoDBDocumentClient;
}
