/** Steps of the pipeline's jobs that are more than a shell should do: `steps.ts <step>`, settings by the environment. */

import "../lib/uncaught";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReviewedPlans } from "../lib/deploy/reviewed-record";
import { CouldNotTell, describeError, exitCodes, type ExitCode } from "../lib/errors";
import { driftBody, driftMarker, driftOf, driftTitle, exitOf } from "../lib/pipeline/drift-issue";
import { credentialsFor, environmentOf, readSettings } from "../lib/pipeline/environment-settings";
import { closeIssue, keepComment, keepIssue } from "../lib/pipeline/github";
import { planComment, planMarker, verdictOf } from "../lib/pipeline/plan-comment";
import { allowancesFor } from "../lib/pipeline/allowances";
import { readReport, type Report } from "../lib/pipeline/reports";
import { affectedTargets, allTargets, type AffectedDocument, type Targets } from "../lib/pipeline/targets";

const steps = { settings, targets, allowances, changes, comment, drift };

/** Settings, role and region of ENVIRONMENT for the job's later steps. */
function settings(): ExitCode {
  const found = readSettings(optional("SETTINGS"));
  const role = optional("ROLE") === "apply" ? "apply" : "plan";
  const { roleArn, region } = credentialsFor(role, environmentOf(process.env["ENVIRONMENT"]), found);
  const lines = Object.entries({ ...found, ROLE_ARN: roleArn, AWS_REGION: region });
  appendFileSync(required("GITHUB_ENV"), lines.map(([name, value]) => `${name}=${value}\n`).join(""));
  return exitCodes.done;
}

/** The environments and stacks of the run, as the job's output; those that AFFECTED, a document, names if any. */
function targets(): ExitCode {
  const found = readSettings(optional("SETTINGS"));
  const affected = optional("AFFECTED");
  const all =
    affected === "" ? allTargets(found) : affectedTargets(JSON.parse(affected) as AffectedDocument, found);
  output("targets", JSON.stringify(all));
  return exitCodes.done;
}

/** Of the allowances on stdin, those for subjects that the plan of PLAN refuses: `--allow=…`, one a line. */
function allowances(): ExitCode {
  const plans = readFileSync(join(required("PLAN"), "plans.json"), "utf8");
  for (const allowance of allowancesFor(readFileSync(0, "utf8"), plans)) console.log(`--allow=${allowance}`);
  return exitCodes.done;
}

/** Whether the plan of PLAN changes anything, as the job's output. */
function changes(): ExitCode {
  const plans = join(required("PLAN"), "plans.json");
  const { stacks } = JSON.parse(existsSync(plans) ? readFileSync(plans, "utf8") : '{"stacks":[]}') as Pick<
    ReviewedPlans,
    "stacks"
  >;
  output("changes", String(stacks.some(({ isEmpty }) => !isEmpty)));
  return exitCodes.done;
}

/** The comment on PULL_REQUEST; ends as the plans did. */
async function comment(): Promise<ExitCode> {
  const { all, reports } = collected("plan");
  const body = planComment({ targets: all, reports, ...run() });
  const done = await keepComment(required("REPOSITORY"), required("PULL_REQUEST"), {
    marker: planMarker,
    body,
  });
  console.error(`The comment is ${done}.`);
  return verdictOf(reports);
}

/** The issue on drift; ends with 1 while there is any. */
async function drift(): Promise<ExitCode> {
  const { reports } = collected("drift");
  const found = driftOf(reports);
  const repository = required("REPOSITORY");
  const marker = driftMarker;
  switch (found.kind) {
    case "none": {
      const because = `Gone: every environment is as the branch has it ([run](${run().runUrl})).`;
      console.error(`No drift; issue: ${await closeIssue(repository, { marker, because })}.`);
      break;
    }
    case "found": {
      const body = driftBody(found.environments, run());
      console.error(`Drift; issue: ${await keepIssue(repository, { marker, title: driftTitle, body })}.`);
      break;
    }
    case "unknown":
      // An open issue stays: nobody knows whether it is gone.
      for (const { environment, errors } of found.environments) {
        console.error(`${environment} could not be looked at: ${errors || "its job did not come to it."}`);
      }
  }
  return exitOf(found);
}

function collected(prefix: string): { all: Targets; reports: readonly Report[] } {
  const all = JSON.parse(required("TARGETS")) as Targets;
  const reports = all.include.map(({ environment }) =>
    readReport(join(required("REPORTS"), `${prefix}-${environment}`), environment),
  );
  return { all, reports };
}

const run = () => ({ commit: required("COMMIT"), runUrl: required("RUN_URL") });

const output = (name: string, value: string): void =>
  appendFileSync(required("GITHUB_OUTPUT"), `${name}=${value}\n`);

const optional = (name: string): string => process.env[name] ?? "";

function required(name: string): string {
  const value = optional(name);
  if (value === "") throw new CouldNotTell(`The step needs the variable ${name}.`);
  return value;
}

async function main(): Promise<ExitCode> {
  const step = process.argv[2] as keyof typeof steps | undefined;
  if (step === undefined || !Object.hasOwn(steps, step)) {
    throw new CouldNotTell(`steps.ts takes one of: ${Object.keys(steps).join(", ")}.`);
  }
  return steps[step]();
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(describeError(error));
    process.exitCode = exitCodes.couldNotTell;
  },
);
