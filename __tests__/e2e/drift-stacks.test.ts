/** Drift on what a stack has beside its tables: the verifier names exactly what was changed, and nothing when it is put back. */

import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { patientConfiguration } from "../../scripts/lib/aws";
import { stackClients, type StackClients } from "../../scripts/lib/verify/stacks/clients";
import { readDeclared } from "../../scripts/lib/verify/stacks/declared-stack";
import { verifyStacks } from "../../scripts/lib/verify/stacks/verify-stacks";
import type { Report } from "../../scripts/lib/verify/report";
import type { StackId } from "../../stacks/naming";
import { startDeployment, type Deployment } from "../support/deployment";
import { runScript } from "../support/scripts";
import { putAlarm, serviceDrifts, variables } from "../support/service-drifts";
import { tokens } from "../support/services";

// The environment that reserves concurrency.
const env = "local";
const stacks: readonly StackId[] = ["trade-status-tables-local", "trade-status-services-local"];
const consumer = "agentcore-runtime";

describe("the deployed services of a system", () => {
  let deployment: Deployment;
  let clients: StackClients;
  let declaredCode: Uint8Array;
  beforeAll(async () => {
    deployment = await startDeployment({
      LOCAL_JWT_ISSUER: tokens.DEV_JWT_ISSUER,
      LOCAL_JWT_AUDIENCE: tokens.DEV_JWT_AUDIENCE,
      LOCAL_AGENTCORE_ROLE: consumer,
      LOCAL_ALARM_EMAILS: "oncall@example.com",
    });
    const environment = deployment.environment(env);
    clients = stackClients(
      deployment.clients(env),
      patientConfiguration(environment, {}, deployment.variables),
    );
    const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await clients.iam.send(new CreateRoleCommand({ RoleName: consumer, AssumeRolePolicyDocument: trust }));
    await deployment.deploy(...stacks);
    const { filename } = declared().get("trade-status-services-local")?.resources["aws_lambda_function"]?.[
      "read"
    ] as {
      readonly filename: string;
    };
    declaredCode = readFileSync(
      join(deployment.runs.synthesized, "stacks", "trade-status-services-local", filename),
    );
  }, 240_000);
  afterAll(() => deployment.stop());

  const declared = () => readDeclared(deployment.runs.synthesized, env);
  const verify = (): Promise<readonly Report[]> =>
    verifyStacks(clients, stacks, { environment: deployment.environment(env), declared: declared() });
  const found = async () =>
    (await verify()).flatMap(({ kind, findings }) =>
      findings.map(({ tier, path, severity }) => [kind, tier, path, severity]),
    );

  it("are in spec as they were applied, each thing of them", async () => {
    const reports = await verify();
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    const kinds = [...new Set(reports.map(({ kind }) => kind))].sort();
    expect(kinds).toEqual([
      "access policy",
      "alarm",
      "api",
      "dashboard",
      "function",
      "key",
      "log group",
      "queue",
      "role",
      "topic",
    ]);
  });

  const drifts = serviceDrifts(() => declaredCode);
  it.each(drifts.map(({ drift }) => drift))(
    "with %s are found so, and in spec again when it is put back",
    async (name) => {
      const drift = drifts.find((one) => one.drift === name);
      if (drift === undefined) throw new Error(`There is no drift ${name}`);
      // Kept as it was applied, before anything is changed.
      await putAlarm(clients, {});
      await drift.change(clients);
      expect(await found()).toEqual(drift.found);
      await drift.restore(clients);
      expect(await found()).toEqual([]);
    },
  );

  it("never show a variable's value, nor does the command, which ends with 1", async () => {
    await variables({ DEBUG_TOKEN: "s3cret" })(clients);
    const {
      code: exit,
      stdout,
      stderr,
    } = await runScript("verify", ["--env", env, "trade-status-services", "--json"], deployment.variables);
    expect(stdout + stderr).not.toContain("s3cret");
    const document = JSON.parse(stdout) as { readonly reports: readonly Report[] };
    expect(document.reports.flatMap(({ findings }) => findings)).toMatchObject([
      { path: "variables.DEBUG_TOKEN", tier: "undeclared", actual: "set" },
    ]);
    expect(exit).toBe(1);
    await variables({ DEBUG_TOKEN: undefined })(clients);
  });
});
