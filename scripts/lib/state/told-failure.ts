import { exitCodes, type ExitCode } from "../errors";
import { Refused } from "../refused";
import { TerraformFailed } from "../stack-runs";

/**
 * Tells of a refusal, and of Terraform's failure, on stderr and to machines. Other errors are for `runCommand`.
 *
 * @param print prints the JSON document, where one is wanted.
 */
export async function withToldFailure(
  action: () => Promise<ExitCode>,
  print: (failure: { readonly outcome: "refused" | "failed"; readonly error: string }) => void,
): Promise<ExitCode> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TerraformFailed)) throw error;
    console.error(error.message);
    print({ outcome: error instanceof Refused ? "refused" : "failed", error: error.message });
    return exitCodes.no;
  }
}
