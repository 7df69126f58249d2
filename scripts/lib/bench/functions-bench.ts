/** What the functions of the services stacks weigh, how fast they are, and what a call of them consumes. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeOwnFolder } from "../../local/abandoned-folders";
import { startCallRecorder } from "../../local/call-recorder";
import type { DynamoDbEmulator } from "../../local/dynamodb-emulator";
import type { FunctionDefinition } from "../../local/functions/function";
import type { Api } from "../../local/gateway/api";
import { Phases, type Progress } from "../phases";
import type { Bench, BenchOptions } from "./bench";
import { callsOf } from "./calls-of";
import { measureCapacity, withoutUnits, type RouteCapacity } from "./capacity";
import { coldImports } from "./cold-import";
import { describeFunctions } from "./describe-functions";
import { sendTo, Stories } from "./played-calls";
import { measureSpeed, type Speed } from "./speed";
import { round, spreadOf, type Spread } from "./statistics";
import { withReceiver, withTables, type FunctionPlace } from "./stage";
import { synthesize } from "../../local/served-apis";

export interface FunctionReport {
  readonly name: string;
  readonly stack: string;
  readonly zipKilobytes: number;
  readonly coldImportMilliseconds: Spread & { readonly runs: number };
  readonly series: readonly ({ readonly name: string } & Speed)[];
  readonly capacity: readonly RouteCapacity[];
}

interface Extent {
  readonly imports: number;
  /** Of each series, one after the other and then at once. */
  readonly requests: number;
  /** Of each series, at least: stories are played to their ends. */
  readonly recorded: number;
}

const full: Extent = { imports: 20, requests: 500, recorded: 100 };
const quick: Extent = { imports: 3, requests: 20, recorded: 20 };

export const functionsBench: Bench = {
  description: "size, cold import, warm latency and consumed capacity of every function",
  async run(options) {
    const folder = makeOwnFolder("bench");
    try {
      const { engine, functions } = await measureAll(folder, options);
      return { engine, document: { engine, functions }, text: describeFunctions(functions) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measureAll(folder: string, { quick: isQuick, signal }: BenchOptions) {
  const phases = new Phases(signal);
  const { apis, functions: definitions } = await phases.one("synthesize", () =>
    Promise.resolve(synthesize(process.env, join(folder, "cdktf.out"))),
  );
  for (const { definition } of definitions) callsOf(definition);

  let engine = "";
  const functions: FunctionReport[] = [];
  for (const { definition, stack } of definitions) {
    const report = await phases.one(definition.name, (progress) =>
      measure(stack, { definition, apis, folder, signal, progress, extent: isQuick ? quick : full }),
    );
    engine = report.engine;
    functions.push(report.function);
  }
  return { engine, functions };
}

interface MeasureOptions {
  readonly definition: FunctionDefinition;
  readonly apis: readonly Api[];
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly extent: Extent;
}

/** On tables of its own: what the calls of one function write, another does not read. */
async function measure(stack: string, options: MeasureOptions) {
  const { definition, folder, signal, progress, extent } = options;
  progress("cold imports");
  const imports = await coldImports(definition, {
    times: extent.imports,
    folder: join(folder, "cold"),
    signal,
  });
  const { stored, series, beside } = callsOf(definition);
  return withTables(stored, signal, async (emulator) => {
    const stories = series.map((one) => ({ name: one.name, stories: new Stories(one) }));
    const place = { ...options, ...(beside && { beside }) };
    const speeds = await measureSpeeds(stories, emulator, place);
    const capacity = await measureCapacities(stories, emulator, place);
    progress("measured");
    return {
      engine: emulator.engine,
      function: {
        name: definition.name,
        stack,
        zipKilobytes: round(definition.zip.byteLength / 1024),
        coldImportMilliseconds: { runs: imports.length, ...spreadOf(imports) },
        series: speeds,
        capacity,
      },
    };
  });
}

type Place = MeasureOptions & Pick<FunctionPlace, "beside">;
type NamedStories = readonly { readonly name: string; readonly stories: Stories }[];

function measureSpeeds(
  series: NamedStories,
  { endpoint }: DynamoDbEmulator,
  place: Place,
): Promise<FunctionReport["series"]> {
  const { signal, progress, extent } = place;
  return withReceiver({ ...place, endpoint }, async (receiver) => {
    const speeds: FunctionReport["series"][number][] = [];
    for (const { name, stories } of series) {
      progress(`latency, ${name}`);
      speeds.push({ name, ...(await measureSpeed(stories, sendTo(receiver, signal), extent.requests)) });
    }
    return speeds;
  });
}

/** Apart from the times: a recorder in between takes some. */
async function measureCapacities(
  series: NamedStories,
  emulator: DynamoDbEmulator,
  place: Place,
): Promise<readonly RouteCapacity[]> {
  const { signal, progress, extent } = place;
  const recorder = await startCallRecorder(emulator.endpoint);
  try {
    return await withReceiver({ ...place, endpoint: recorder.endpoint }, async (receiver) => {
      const capacities: RouteCapacity[] = [];
      for (const { name, stories } of series) {
        progress(`capacity, ${name}`);
        const send = sendTo(receiver, signal);
        capacities.push(...(await measureCapacity(stories, send, recorder, extent.recorded)));
      }
      return emulator.engine === "moto" ? capacities.map(withoutUnits) : capacities;
    });
  } finally {
    await recorder.stop();
  }
}
