/** Holds what is deployed of the stacks, but for their tables, against what Terraform is to make of them. */

import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { inParallel } from "../../../../functions/shared/in-parallel";
import type { Environment } from "../../../../stacks/environments";
import type { StackId } from "../../../../stacks/naming";
import { findForeignAccount } from "../../account";
import { CouldNotTell, orAbort } from "../../errors";
import { findingsOf, unknown, type Difference } from "../finding";
import type { Report } from "../report";
import type { Tally } from "../tally";
import { accessPolicyLooks } from "./access-policies";
import { agentLooks } from "./agents";
import { alarmLooks, undeclaredAlarmLooks } from "./alarms";
import { apiLooks } from "./apis";
import { bucketLooks } from "./buckets";
import type { StackClients } from "./clients";
import { dashboardLooks } from "./dashboards";
import type { DeclaredStack, DeclaredStacks } from "./declared-stack";
import { functionLooks } from "./functions";
import { keyLooks } from "./keys";
import { logGroupLooks } from "./log-groups";
import { unread, type Context, type Look, type Looks } from "./look";
import { LookUp } from "./look-up";
import { queueLooks } from "./queues";
import { References } from "./references";
import { roleLooks } from "./roles";
import { scheduleLooks } from "./schedules";
import { topicLooks } from "./topics";
import { trailLooks } from "./trails";
import { workflowLooks } from "./workflows";

export interface VerifyStacksOptions {
  readonly environment: Environment;
  /** Every stack of the environment, as it was synthesized. */
  readonly declared: DeclaredStacks;
  /** Ends the reading; nothing is ever written. */
  readonly signal?: AbortSignal;
  readonly tally?: Tally;
}

const families: readonly Looks[] = [
  keyLooks,
  functionLooks,
  roleLooks,
  accessPolicyLooks,
  apiLooks,
  alarmLooks,
  topicLooks,
  dashboardLooks,
  queueLooks,
  logGroupLooks,
  workflowLooks,
  scheduleLooks,
  agentLooks,
  trailLooks,
  bucketLooks,
];

/** Things looked at side by side, each with up to ten calls: IAM takes the fewest a second. */
const atOnce = 6;

/**
 * One report for each thing that a stack has, but for its tables. What cannot be read is a finding of tier `unknown`,
 * never a pass.
 *
 * @throws CouldNotTell when a stack was not synthesized, or not as the verifier reads it; the signal's reason.
 */
export async function verifyStacks(
  clients: StackClients,
  stacks: readonly StackId[],
  { environment, declared, signal, tally }: VerifyStacksOptions,
): Promise<readonly Report[]> {
  if (stacks.length === 0) return [];
  const account = await orAbort(accountOrObstacle(clients), signal);
  const [id, obstacle] = typeof account === "string" ? [account] : ["unknown", account];
  const lookUp = new LookUp(clients, id, environment.region);
  const looks = await Promise.all(
    stacks.map(async (one) => {
      const stack = stackOf(declared, one);
      const references = new References(stack, lookUp);
      const all = await looksOf({ stack, all: declared, asked: stacks, references, clients }, obstacle);
      return all.map((look) => ({ stack: one, look }));
    }),
  );
  const isOver = () => signal?.aborted === true;
  const all = looks.flat();
  tally?.expect(all.length);
  const look = async ({ stack, look: one }: (typeof all)[number]) => {
    const seen = await report(stack, one);
    tally?.looked();
    return seen;
  };
  const reports = inParallel(all, atOnce, look, isOver);
  return orAbort(reports, signal);
}

function stackOf(declared: DeclaredStacks, id: StackId): DeclaredStack {
  const stack = declared.get(id);
  if (stack === undefined)
    throw new CouldNotTell(`${id} was not synthesized: it is no stack of this commit.`);
  return stack;
}

/** The account of the credentials; in another than the environment's, what is missing would pass for drift. */
async function accountOrObstacle(clients: StackClients): Promise<string | Difference> {
  const expected = `account ${clients.accountId ?? "unknown"}`;
  try {
    const foreign = await findForeignAccount(clients);
    if (foreign !== undefined) return unknown("account", expected, foreign.actual, foreign.remedy);
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand());
    return Account ?? unknown("account", expected, "not told", "Check credentials and endpoint.");
  } catch (error) {
    return unread("account", error);
  }
}

/** With an obstacle each thing is unknown because of it, and AWS is asked nothing more. */
async function looksOf(context: Context, obstacle: Difference | undefined): Promise<readonly Look[]> {
  const asked = obstacle === undefined ? [...families, undeclaredAlarmLooks] : families;
  const looks = (await Promise.all(asked.map(async (family) => family(context)))).flat();
  if (obstacle === undefined) return looks;
  return looks.map((look) => ({ ...look, see: () => Promise.resolve({ differences: [obstacle] }) }));
}

async function report(stack: StackId, { kind, name, see }: Look): Promise<Report> {
  const subject = { stack, kind, name };
  try {
    const { differences, state } = await see();
    return { ...subject, ...(state !== undefined && { state }), findings: findingsOf(subject, differences) };
  } catch (error) {
    return { ...subject, findings: findingsOf(subject, [unread("read", error)]) };
  }
}
