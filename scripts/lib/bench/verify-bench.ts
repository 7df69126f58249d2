/** How long the verifier takes, and what it asks AWS: a deployed environment, and more and more tables. */

import { availableParallelism } from "node:os";
import { loadEnvironments, type Environment } from "../../../stacks/environments";
import { catalogue } from "../../../tables/catalogue";
import { tableName, type EnvironmentName } from "../../../tables/naming";
import type { System } from "../../../tables/systems";
import type { TableSpec } from "../../../tables/table-spec";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { createStandingTable, createSystemKey } from "../../local/standing-table";
import { awsClients, type AwsClients } from "../aws";
import { putBackSettings } from "../restore/put-back";
import { selectSubjects, type Subjects } from "../verify/select-subjects";
import { verifyAll } from "../verify/verify-all";
import type { Bench, BenchOptions } from "./bench";
import { countCalls, type Calls } from "./counted-calls";
import { deployTo } from "./deploy-to";
import { describeVerifications } from "./describe-verifications";
import { spreadOf } from "./statistics";

/** Deployed by Terraform. */
const deployed = "dev";
/** Has tables that are made without it: deploying dozens of them takes many minutes. */
const grown = "staging";

export interface Verification {
  /** For people: `12 tables`. */
  readonly what: string;
  readonly tables: number;
  /** Of several verifications. */
  readonly medianSeconds: number;
  readonly calls: number;
  readonly callsPerTable: number;
  readonly operations: Calls;
}

export const verifyBench: Bench = {
  description:
    "verifies an environment that is deployed whole, and growing numbers of tables: time and calls",
  async run({ quick, signal }: BenchOptions) {
    const aws = await startLocalAws({ signal });
    try {
      const bench = new Measurements(aws, { quick, signal });
      // A deployment takes minutes.
      const environment = quick ? undefined : await bench.deployed();
      const growth = await bench.grow(quick ? [1, 2] : [1, 2, 4, 8]);
      return {
        engine: "moto",
        document: { environment: environment ?? null, growth },
        text: describeVerifications([...(environment ? [environment] : []), ...growth]),
      };
    } finally {
      await aws.stop();
    }
  },
};

class Measurements {
  constructor(
    private readonly aws: LocalAws,
    private readonly options: BenchOptions,
  ) {}

  /** A whole environment, which is deployed for it. */
  async deployed(): Promise<Verification> {
    const jobs = availableParallelism() + 1;
    const { signal } = this.options;
    const count = await deployTo(this.aws, { env: deployed, stacks: [], jobs, signal });
    return this.measure(`all of ${deployed}, ${count} stacks`, deployed, selectSubjects([], deployed));
  }

  /**
   * Verifies some times.
   *
   * @throws when something is found: the calls would be others'.
   */
  private async measure(what: string, name: EnvironmentName, subjects: Subjects): Promise<Verification> {
    const { quick, signal } = this.options;
    const { environment, clients, variables } = this.place(name);
    const options = { environment, probe: false, signal, variables };
    const seconds: number[] = [];
    let operations: Calls = {};
    for (let times = quick ? 1 : 5; times > 0; times -= 1) {
      const started = performance.now();
      const { result: reports, calls } = await countCalls(() => verifyAll(clients, subjects, options));
      seconds.push((performance.now() - started) / 1000);
      operations = calls;
      const [finding] = reports.flatMap(({ findings }) => findings);
      if (finding !== undefined) {
        const { subject, path, expected, actual } = finding;
        throw new Error(`${subject} is not in spec: ${path} is ${actual}, expected ${expected}.`);
      }
    }
    const calls = Object.values(operations).reduce((sum, count) => sum + count, 0);
    const tables = subjects.tables.length;
    const callsPerTable = Math.round((calls / tables) * 10) / 10;
    return { what, tables, medianSeconds: spreadOf(seconds).median, calls, callsPerTable, operations };
  }

  /** @param times how many tables for each of the catalogue, rising. */
  async grow(times: readonly number[]): Promise<readonly Verification[]> {
    const { environment, clients } = this.place(grown);
    const keys = new Map<System, string>();
    for (const { system } of catalogue) {
      keys.set(system, keys.get(system) ?? (await createSystemKey(clients, system, grown)));
    }
    const specs: TableSpec[] = [];
    const measured: Verification[] = [];
    for (const [round, many] of times.entries()) {
      for (let copy = times[round - 1] ?? 0; copy < many; copy += 1) {
        for (const spec of catalogue.map((one) => copyOf(one, copy))) {
          this.options.signal.throwIfAborted();
          await this.create(clients, spec, environment, keys.get(spec.system) ?? "");
          specs.push(spec);
        }
      }
      measured.push(await this.measure(`${specs.length} tables`, grown, { tables: [...specs], stacks: [] }));
    }
    return measured;
  }

  /** As its stack leaves it. */
  private async create(clients: AwsClients, spec: TableSpec, environment: Environment, keyArn: string) {
    const { signal } = this.options;
    await createStandingTable(clients, spec, grown, keyArn);
    await putBackSettings(clients, spec, environment, tableName(spec, grown), {
      intervalSeconds: 0.01,
      patienceSeconds: 30,
      signal,
      onSetting: () => undefined,
    });
  }

  private place(name: EnvironmentName) {
    const variables = { ...process.env, ...this.aws.variables };
    const environment = loadEnvironments(variables)[name];
    return { environment, clients: awsClients(environment, {}, variables), variables };
  }
}

/** The first is the table itself. */
const copyOf = (spec: TableSpec, copy: number): TableSpec =>
  copy === 0 ? spec : { ...spec, id: `${spec.id}-${copy}`, name: `copy-${copy}-of-${spec.name}` };
