import type { Environment } from "../../../stacks/environments";
import type { AwsClients, AwsOptions } from "../aws";

/** What every kind of rollback works with. */
export interface RollbackContext {
  readonly environment: Environment;
  /** Of the credentials, as AWS says. */
  readonly accountId: string;
  readonly clients: AwsClients;
  readonly aws: AwsOptions;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Plans, shows, and writes nothing. */
  readonly dryRun: boolean;
  /** Tells people, on stderr. */
  readonly tell: (text: string) => void;
  /** Before anything is written: throws CouldNotTell where nobody could be asked, and somebody has to be. */
  readonly requireSomeone: () => void;
  /** Whether a person agrees, by typing the word; asks nobody where that was said beforehand. */
  readonly agrees: (question: string, word: string) => Promise<boolean>;
}

export type Outcome = "rolled back" | "nothing to do" | "would change" | "declined";

export interface Result {
  readonly outcome: Outcome;
  /** For people, on stdout. */
  readonly text: string;
  /** For machines, beside the outcome. */
  readonly document: Readonly<Record<string, unknown>>;
}
