/** A stack as an earlier commit has it: that commit is built aside, and its stack applied. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../../stacks/environments";
import { stateKey, type StackId } from "../../../stacks/naming";
import { synthesizeCommit, type CommitAside } from "../commits";
import { CouldNotTell } from "../errors";
import { withStateFolder } from "../state-folder";
import type { RollbackContext, Result } from "./context";
import { describePlan, requirePermission, StackWork } from "./planning";

/** Builds the commit aside, returns the stack to it, and removes what was built. */
export async function returnToCommit(
  stack: StackId,
  name: string,
  context: RollbackContext,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "rollback-"));
  try {
    context.tell(`Building ${name} aside; the working tree stays as it is.`);
    const aside = await synthesizeCommit(name, folder, context.variables, context.signal);
    return await returnTo(stack, aside, context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Plans a commit's stack on the state as it is now, has it judged and confirmed, and applies it.
 *
 * @throws CouldNotTell when the commit has no such stack, or keeps its state elsewhere; Refused by the guard.
 */
export async function returnTo(
  stack: StackId,
  aside: CommitAside,
  context: RollbackContext,
): Promise<Result> {
  const { environment, dryRun, tell, agrees } = context;
  const short = aside.commit.slice(0, 12);
  requireStack(stack, aside, context);
  return StackWork.on(
    stack,
    context,
    async (work) => {
      const plan = await work.plan(`plan it as ${short} has it`);
      const document = { stack, commit: aside.commit };
      if (plan.isEmpty) {
        const text = `${stack} is as ${short} has it already.`;
        return { outcome: "nothing to do", text, document };
      }
      tell(describePlan(plan));
      await requirePermission(plan, context);
      if (dryRun)
        return { outcome: "would change", text: "Nothing was changed: this was a dry run.", document };
      if (!(await agrees(`Return ${stack} to ${short}?`, stack))) {
        return { outcome: "declined", text: "Nothing was changed.", document };
      }
      await work.apply(`return to ${short}`, plan);
      return {
        outcome: "rolled back",
        text: [
          `${stack} is as ${short} has it.`,
          `The next deployment of a newer commit undoes that: revert what was wrong before it is deployed.`,
          `To go forward again: npm run deploy -- --env ${environment.name} ${stack}`,
        ].join("\n"),
        document,
      };
    },
    { from: aside },
  );
}

interface Backend {
  readonly local?: { readonly path?: string };
  readonly s3?: { readonly bucket?: string; readonly key?: string };
}

/** On another state every resource would seem to be missing, and be created a second time. */
function requireStack(stack: StackId, { commit, synthesized }: CommitAside, context: RollbackContext): void {
  const file = join(synthesized, "stacks", stack, "cdk.tf.json");
  if (!existsSync(file)) {
    throw new CouldNotTell(
      `The commit ${commit.slice(0, 12)} has no stack ${stack}: take a later one, or leave out --to to destroy it.`,
    );
  }
  const document = JSON.parse(readFileSync(file, "utf8")) as {
    readonly terraform?: { readonly backend?: Backend };
  };
  if (isOwnState(stack, document.terraform?.backend ?? {}, context)) return;
  throw new CouldNotTell(
    `The commit ${commit.slice(0, 12)} keeps the state of ${stack} elsewhere than this one: take a later commit.`,
  );
}

function isOwnState(
  stack: StackId,
  { local, s3 }: Backend,
  { environment, variables }: { readonly environment: Environment; readonly variables: NodeJS.ProcessEnv },
): boolean {
  if (environment.stateBucket !== undefined) {
    return s3?.bucket === environment.stateBucket && s3.key === stateKey(stack);
  }
  const folder = withStateFolder(variables)["STATE_FOLDER"] ?? "";
  return local?.path === join(folder, `${stack}.tfstate`);
}
