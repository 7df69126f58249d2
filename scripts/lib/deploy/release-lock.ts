import { init, terraform, TerraformFailed } from "../stack-runs";
import { CouldNotTell } from "../errors";
import { withWorkplaceOf, type DeployOptions } from "./deploy-options";

/**
 * Releases the lock of one stack's state (`terraform force-unlock`).
 *
 * @param id as the refused run told it: the lock of another run, taken meanwhile, is not touched.
 * @returns a sentence.
 * @throws CouldNotTell when there is no such lock.
 */
export function releaseLock(options: DeployOptions, id: string): Promise<string> {
  return withWorkplaceOf(options, async ({ runs, stacks }) => {
    const [stack = ""] = stacks;
    await init(runs, stack);
    try {
      await terraform(runs, stack, "force-unlock", ["force-unlock", "-force", id]);
    } catch (error) {
      if (!(error instanceof TerraformFailed)) throw error;
      throw new CouldNotTell(`The lock of ${stack} was not released: ${error.firstLine}\nLog: ${error.log}`);
    }
    return `The lock ${id} of ${stack} is released. Deploy the stack again: its last run did not end.`;
  });
}
