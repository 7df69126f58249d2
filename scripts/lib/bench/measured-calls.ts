/** What is measured of a function: calls that follow one another, on what its tables hold before. */

import type { TableSpec } from "../../../tables/table-spec";

export interface HttpCall {
  /** Such as `GET /status/{sessionId}`. */
  readonly route: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Series {
  readonly name: string;
  /** Calls that follow one another. Stories of different numbers may run at once. */
  readonly story: (number: number) => readonly HttpCall[];
}

export interface StoredItems {
  readonly spec: TableSpec;
  readonly items: () => readonly object[];
}

export interface FunctionCalls {
  /** What its tables hold before. */
  readonly stored?: StoredItems | readonly StoredItems[];
  readonly series: readonly Series[];
}
