/** Why something of a source is not in the table: never with its content. */

import type { RefusalCode } from "../../../functions/shared/refusal";

export type RejectionCode =
  | RefusalCode
  | "unreadable"
  | "empty"
  | "not-utf-8"
  | "not-json"
  | "no-id"
  | "broken-array"
  /** By DynamoDB. */
  | "refused"
  /** Found when the table is compared with the source. */
  | "missing"
  | "different";

export interface Rejection {
  readonly code: RejectionCode;
  readonly field?: string;
  readonly reason: string;
}

/** Where in the source something stands. */
export interface Place {
  /** Its name within the source. */
  readonly file: string;
  /** From 0, of the array that the file holds. */
  readonly element?: number;
}

export const describePlace = ({ file, element }: Place): string =>
  element === undefined ? file : `${file}, element ${element}`;
