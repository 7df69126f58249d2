import type { Progress } from "./progress";

/** What is particular about the status API of one system. */
export interface Adapter {
  /** What an id stands for, in the words of the system's document. */
  readonly noun: string;
  /** Where the status of an id is, below the API's URL. */
  path(id: string): string;
  /**
   * Reads an answer.
   *
   * @throws ValiError when it has another shape; fields that nobody asked for are none.
   */
  read(id: string, answer: unknown): Progress;
}
