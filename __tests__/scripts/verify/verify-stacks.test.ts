/** What cannot be read of a stack is unknown, aspect by aspect, and never passes for right. */

import type { LambdaClient } from "@aws-sdk/client-lambda";
import { awsClients, awsConfiguration } from "../../../scripts/lib/aws";
import { stackClients, type StackClients } from "../../../scripts/lib/verify/stacks/clients";
import { verifyStacks } from "../../../scripts/lib/verify/stacks/verify-stacks";
import { tallyOf } from "../../../scripts/lib/verify/tally";
import { loadEnvironments } from "../../../stacks/environments";
import { account, declaredStacks } from "../../support/declared-stacks";

const environment = loadEnvironments({ DEV_ACCOUNT_ID: account }).dev;
const variables = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
const declared = declaredStacks("dev");

/** Clients whose every call is answered here, and counted. */
function answering(answer: (operation: string) => object) {
  const calls: string[] = [];
  const clients = stackClients(
    awsClients(environment, {}, variables),
    awsConfiguration(environment, {}, variables),
  );
  for (const client of Object.values(clients) as readonly unknown[]) {
    const { middlewareStack } = client as Partial<Pick<LambdaClient, "middlewareStack">>;
    middlewareStack?.add(
      (_next, { commandName = "" }) =>
        () => {
          calls.push(commandName);
          const output = answer(commandName);
          if (output instanceof Error) throw output;
          return Promise.resolve({ output: { $metadata: {}, ...output }, response: {} });
        },
      { step: "initialize", priority: "high" },
    );
  }
  return { clients, calls };
}

const denied = (operation: string) => {
  const error = new Error(`not authorized to perform ${operation}`);
  error.name = "AccessDeniedException";
  return error;
};
const verify = (clients: StackClients) =>
  verifyStacks(clients, ["trade-status-services-dev"], { environment, declared });

it("a role that may not be described is unknown, and so is all that names an API that cannot be listed", async () => {
  const { clients } = answering((operation) =>
    operation === "GetCallerIdentityCommand" ? { Account: account } : denied(operation),
  );
  const reports = await verify(clients);
  const findings = reports.flatMap((report) => report.findings);
  expect(reports.length).toBeGreaterThan(10);
  expect(findings.map(({ tier }) => tier)).toEqual(findings.map(() => "unknown"));
  expect(reports.every(({ findings: own }) => own.length > 0)).toBe(true);
  expect(findings).toContainEqual(
    expect.objectContaining({
      subject: "trade-status-read-dev",
      path: "read",
      actual: "AccessDeniedException: not authorized to perform GetRoleCommand",
    }),
  );
});

it("one refused aspect hides no other", async () => {
  const { clients } = answering((operation) => {
    switch (operation) {
      case "GetCallerIdentityCommand":
        return { Account: account };
      case "GetFunctionConfigurationCommand":
        return { Runtime: "nodejs18.x" };
      default:
        return denied(operation);
    }
  });
  const reports = await verify(clients);
  const ofReader = reports.find(({ kind, name }) => kind === "function" && name === "trade-status-read-dev");
  const byPath = new Map(ofReader?.findings.map(({ path, tier }) => [path, tier]));
  expect(byPath.get("runtime")).toBe("declared");
  expect(byPath.get("reservedConcurrency")).toBe("unknown");
  expect(byPath.get("permissions")).toBe("unknown");
});

it("another account is asked nothing, and everything is unknown because of it", async () => {
  const { clients, calls } = answering(() => ({ Account: "999988887777" }));
  const reports = await verify(clients);
  expect(reports.every(({ findings: [only] }) => only?.path === "account" && only.tier === "unknown")).toBe(
    true,
  );
  expect(calls).toEqual(["GetCallerIdentityCommand"]);
});

it("each thing is counted as it has been looked at, of all that there are", async () => {
  const { clients } = answering((operation) =>
    operation === "GetCallerIdentityCommand" ? { Account: account } : denied(operation),
  );
  const told: string[] = [];
  const tally = tallyOf((looked, of) => told.push(`${looked}/${of}`));
  const stacks = ["trade-status-services-dev"] as const;
  const reports = await verifyStacks(clients, stacks, { environment, declared, tally });
  const all = reports.length;
  expect(told).toEqual(reports.map((_report, index) => `${index + 1}/${all}`));
});

it("what AWS throttles to the last try is unknown, and the advice is to look again, not to check rights", async () => {
  const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  const { clients } = answering((operation) =>
    operation === "GetCallerIdentityCommand"
      ? { Account: account }
      : operation === "GetRoleCommand"
        ? throttled
        : denied(operation),
  );
  const findings = (await verify(clients)).flatMap((report) => report.findings);
  const ofThrottled = findings.filter(({ actual }) => actual.startsWith("ThrottlingException"));
  expect(ofThrottled.length).toBeGreaterThan(0);
  for (const { tier, remedy } of ofThrottled) {
    expect(tier).toBe("unknown");
    expect(remedy).toContain("Verify again later");
  }
  const ofDenied = findings.filter(({ actual }) => actual.startsWith("AccessDeniedException"));
  expect(ofDenied.every(({ remedy }) => remedy.includes("the rights of the verifier's policy"))).toBe(true);
});
