import type { AwsClients } from "../aws";
import type { Report } from "./report";
import type { Subjects } from "./select-subjects";
import { verifyTables, type VerifyOptions } from "./verify-tables";

/** Everything that is asked for, tables first: what `npm run verify` does, and its bench measures. */
export async function verifyAll(
  clients: AwsClients,
  { tables }: Subjects,
  options: VerifyOptions,
): Promise<readonly Report[]> {
  return verifyTables(clients, tables, options);
}
