/** Brands of document 000, and a Step Functions of a test's own. */

import { BatchWriteCommand, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { ExecutionInput, Executions, ExecutionState } from "../../functions/brand-processing/executions";
import type { Brand, BrandMetadata } from "../../functions/brand-processing/model";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import type { EmulatedTable } from "./emulated-table";

/** The document's example, or a brand like it. */
export const brandItem = (changes: Partial<Brand> = {}): Brand =>
  ({ ...brandProcessingStatus.example, ...changes }) as unknown as Brand;

export const coffee: BrandMetadata = {
  summary: "Coffee houses that sell espresso drinks, tea and pastries.",
  keywords: ["coffee", "espresso", "café"],
  categories: ["Coffee shops", "Beverages"],
  model: "us.amazon.nova-lite-v1:0",
  generated_at: "2026-02-15T12:01:00.000Z",
};

export const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:brand-processing-local";
export const executionArn = (name: string): string =>
  `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

export async function putBrand(table: EmulatedTable, item: object): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...item } }));
}

export async function putBrands(table: EmulatedTable, items: readonly object[]): Promise<void> {
  for (let first = 0; first < items.length; first += 25) {
    const puts = items.slice(first, first + 25).map((item) => ({ PutRequest: { Item: { ...item } } }));
    await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: puts } }));
  }
}

export async function removeBrands({ client, name }: EmulatedTable): Promise<void> {
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: name, ProjectionExpression: "brandid" }),
  );
  for (let first = 0; first < Items.length; first += 25) {
    const deletions = Items.slice(first, first + 25).map((Key) => ({ DeleteRequest: { Key } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [name]: deletions } }));
  }
}

/** The item as it is stored. */
export async function storedBrand(table: EmulatedTable, brandid = 12345): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { brandid }, ConsistentRead: true }),
  );
  return Item;
}

/** Executions as Step Functions has them: of one name once, the same call again while it runs changes nothing. */
export class TestExecutions implements Executions {
  /** Names in the order in which they were begun. */
  readonly begun: string[] = [];
  private readonly ends = new Map<string, Promise<void>>();
  private readonly running = new Set<string>();

  /** @param run what an execution does; it has ended when that has. */
  constructor(
    private readonly run: (arn: string, input: ExecutionInput) => Promise<unknown> = () =>
      new Promise(() => undefined),
  ) {}

  arnOf(name: string): string {
    return executionArn(name);
  }

  start(name: string, input: ExecutionInput): Promise<"begun" | "ended"> {
    const arn = this.arnOf(name);
    if (this.ends.has(arn)) return Promise.resolve(this.running.has(arn) ? "begun" : "ended");
    this.begun.push(name);
    this.running.add(arn);
    const end = this.run(arn, input).then(
      () => void this.running.delete(arn),
      () => void this.running.delete(arn),
    );
    this.ends.set(arn, end);
    return Promise.resolve("begun");
  }

  state(arn: string): Promise<ExecutionState> {
    if (this.running.has(arn)) return Promise.resolve("running");
    return Promise.resolve(this.ends.has(arn) ? "ended" : "unknown");
  }

  /** Ends an execution without a trace, as an aborted one. */
  kill(arn: string): void {
    this.running.delete(arn);
  }

  async settled(): Promise<void> {
    await Promise.all(this.ends.values());
  }
}
