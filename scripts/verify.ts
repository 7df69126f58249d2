import "./lib/uncaught";
import CliTable from "cli-table3";
import pc from "picocolors";
import { loadEnvironments } from "../stacks/environments";
import { awsClients } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { exitCodes, type ExitCode } from "./lib/errors";
import type { Finding } from "./lib/verify/finding";
import { judge, type Outcome, type Report } from "./lib/verify/report";
import { selectSubjects } from "./lib/verify/select-subjects";
import { verifyTables } from "./lib/verify/verify-tables";

interface Options extends AwsOptions {
  readonly probe: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 2;

const command = withAwsOptions(
  defineCommand(
    "verify",
    "Compares the live tables of an environment with their specs. Exit 0: in spec; 1: drift; 2: could not check.",
    [
      "npm run verify -- --env prod",
      "npm run verify -- --env dev conversations agent-profiles",
      "npm run verify -- --env staging trade-processing-status --probe",
      "npm run --silent verify -- --env prod --json",
    ],
  ),
)
  .argument("[table...]", "ids or names of tables; all of them by default")
  .option("--probe", "also write, read and delete each table's example item", false);

void runCommand(command, async (signal) => {
  const { env, probe, json, ...aws } = command.opts<Options>();
  const environment = loadEnvironments(process.env)[env];
  const { tables } = selectSubjects(command.args, env);
  const clients = awsClients(environment, aws, process.env);
  const reports = await verifyTables(clients, tables, { environment, probe, signal });
  signal.throwIfAborted();
  const outcome = judge(reports, { strict: false });
  console.log(
    json ? JSON.stringify({ schemaVersion, environment: env, outcome, reports }) : describe(reports, probe),
  );
  return exitOf[outcome];
});

const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  "in spec": exitCodes.done,
  drift: exitCodes.no,
  "could not check": exitCodes.couldNotTell,
};

function describe(reports: readonly Report[], probed: boolean): string {
  const findings = reports.flatMap((report) => report.findings);
  const [first] = findings;
  if (first !== undefined && reports.length > 1 && allSame(reports, first)) {
    return `None of ${reports.length} tables could be checked: ${first.actual}. ${first.remedy}`;
  }
  const good = reports.filter((report) => report.findings.length === 0).map(({ name }) => name);
  const checked = probed ? "in spec, and the probe passed" : "in spec";
  const summary = good.length > 0 ? [`${pc.green("✓")} ${good.join(", ")}: ${checked}.`] : [];
  return [...(findings.length > 0 ? [findingTable(findings)] : []), ...summary].join("\n");
}

/** One cause for all, a wrong endpoint say, is told once. */
const allSame = (reports: readonly Report[], { tier, path, actual }: Finding): boolean =>
  tier === "unknown" &&
  reports.every(({ findings: [only, ...more] }) => {
    return more.length === 0 && only?.tier === tier && only.path === path && only.actual === actual;
  });

function findingTable(findings: readonly Finding[]): string {
  const rows = new CliTable({
    head: ["what", "where", "expected", "actual", "what to do"],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [null, null, null, null, 44],
  });
  for (const { subject, tier, path, expected, actual, remedy } of findings) {
    rows.push([subject, tier === "declared" ? path : `${path} (${tier})`, expected, actual, remedy]);
  }
  return rows.toString();
}
