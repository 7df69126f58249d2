/** What is measured of a function: calls that follow one another, on what its tables hold before. */

import type { TableSpec } from "../../../tables/table-spec";
import type { Repair } from "../../local/repairs/repair";

export interface HttpCall {
  /** Such as `GET /status/{sessionId}`. */
  readonly route: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A call by a service of AWS: it hands the function an event. */
export interface EventCall {
  /** What is called, in the place of a route: `workflow: claim`. */
  readonly route: string;
  readonly event: object;
  /** Stands in the answer as JSON, when the call did what is measured. */
  readonly answer: string;
}

export type Call = HttpCall | EventCall;

export interface Series {
  readonly name: string;
  /** Calls that follow one another. Stories of different numbers may run at once. */
  readonly story: (number: number) => readonly Call[];
}

export interface StoredItems {
  readonly spec: TableSpec;
  readonly items: () => readonly object[];
}

export interface FunctionCalls {
  /** What its tables hold before. */
  readonly stored?: StoredItems | readonly StoredItems[];
  /** Answers for the services that the function calls besides DynamoDB, at once and always alike. */
  readonly beside?: readonly Repair[];
  readonly series: readonly Series[];
}
