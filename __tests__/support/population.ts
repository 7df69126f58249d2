import { BatchGetCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { SourceFields } from "../../functions/brand-processing/brand-row";
import {
  Population,
  type PopulationCounts,
  type PopulationProps,
} from "../../functions/brand-processing/population";
import { PopulationTable } from "../../functions/brand-processing/population-table";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { sourceOf } from "./brand-source";
import { startEmulatedTable, testClock, type EmulatedTable } from "./emulated-table";
import { fakeTimer } from "./fake-timer";

type Client = EmulatedTable["client"];
export type Command = Parameters<Client["send"]>[0];
/** Answers a call in the table's place, or has it sent. */
export type Answer = (command: Command, send: () => Promise<object>) => Promise<object>;
type Options = Partial<PopulationProps> & {
  readonly answer?: Answer;
  readonly mostUnitsPerSecond?: number;
};

/** An empty table of brands, and populations of it in this process. */
export interface PopulationPlace {
  readonly name: string;
  readonly client: Client;
  readonly clock: ReturnType<typeof testClock>;
  readonly timer: ReturnType<typeof fakeTimer>;
  population(rows: readonly SourceFields[], options?: Options): Prepared;
  populate(rows: readonly SourceFields[], options?: Options): Promise<PopulationCounts>;
  stored(brandid: number): Promise<Readonly<Record<string, unknown>> | undefined>;
  put(item: object): Promise<unknown>;
  stop(): Promise<void>;
}

interface Prepared {
  readonly table: PopulationTable;
  readonly population: Population;
}

export async function startPopulationPlace(): Promise<PopulationPlace> {
  const emulated = await startEmulatedTable(brandProcessingStatus);
  const { name, client } = emulated;
  const [clock, timer] = [testClock("2026-02-15T12:00:00Z"), fakeTimer()];
  const population = (
    rows: readonly SourceFields[],
    { answer, mostUnitsPerSecond, ...props }: Options = {},
  ): Prepared => {
    const { signal = new AbortController().signal } = props;
    const send = (command: Command) => client.send(command) as Promise<object>;
    const asked = { send: (command: Command) => answer?.(command, () => send(command)) ?? send(command) };
    const table = new PopulationTable({
      client: asked as unknown as Client,
      name,
      clock: clock.read,
      timer,
      signal,
      ...(mostUnitsPerSecond !== undefined && { mostUnitsPerSecond }),
    });
    return { table, population: new Population({ source: sourceOf(...rows), table, signal, ...props }) };
  };
  return {
    name,
    client,
    clock,
    timer,
    population,
    populate: (rows, options) => population(rows, options).population.write(),
    stored: async (brandid) =>
      (await client.send(new GetCommand({ TableName: name, Key: { brandid } }))).Item,
    put: (item) => client.send(new PutCommand({ TableName: name, Item: item })),
    stop: () => emulated.stop(),
  };
}

/** Keys that a call asks for. */
export const keysOf = (command: Command): readonly Readonly<Record<string, unknown>>[] =>
  command instanceof BatchGetCommand
    ? Object.values(command.input.RequestItems ?? {}).flatMap(({ Keys }) => Keys ?? [])
    : [];

export const namedError = (name: string) => Object.assign(new Error("As it is."), { name });
