import type { CallRecorder, RecordedCall } from "../../local/call-recorder";
import type { Send, Stories } from "./played-calls";
import { round } from "./statistics";

/** What one call of a route costs, on average. */
export interface RouteCapacity {
  readonly route: string;
  readonly calls: number;
  /** Null where the emulator does not count them as AWS does. */
  readonly readUnits: number | null;
  readonly writeUnits: number | null;
  readonly operations: readonly OperationCapacity[];
}

export interface OperationCapacity {
  /** `GetItem`, for instance. */
  readonly operation: string;
  readonly index?: string;
  readonly times: number;
  /** Of all its times together. */
  readonly units: number | null;
}

/** Plays whole stories, one call at a time: what is recorded meanwhile belongs to that call. */
export async function measureCapacity(
  stories: Stories,
  send: Send,
  recorder: CallRecorder,
  requests: number,
): Promise<readonly RouteCapacity[]> {
  const routes = new Map<string, RecordedCall[][]>();
  for (let played = 0; played < requests;) {
    for (const call of stories.next()) {
      const before = recorder.calls.length;
      await send(call);
      const recorded = routes.get(call.route) ?? [];
      routes.set(call.route, [...recorded, recorder.calls.slice(before)]);
      played += 1;
    }
  }
  return [...routes].map(([route, recorded]) => routeCapacity(route, recorded));
}

/** For moto, which gives fixed numbers: 0.5 for any update, whatever is written. */
export const withoutUnits = (capacity: RouteCapacity): RouteCapacity => ({
  ...capacity,
  readUnits: null,
  writeUnits: null,
  operations: capacity.operations.map((one) => ({ ...one, units: null })),
});

function routeCapacity(route: string, recorded: readonly (readonly RecordedCall[])[]): RouteCapacity {
  const all = recorded.flat();
  const perCall = (sum: number | null): number | null => (sum === null ? null : round(sum / recorded.length));
  const kinds = [...new Set(all.map(kindOf))].map((kind) => all.filter((one) => kindOf(one) === kind));
  return {
    route,
    calls: recorded.length,
    readUnits: perCall(sumUnits(all.filter((one) => !isWrite(one)))),
    writeUnits: perCall(sumUnits(all.filter(isWrite))),
    operations: kinds.flatMap((calls) =>
      calls.slice(0, 1).map(({ operation, index }) => ({
        operation,
        ...(index !== undefined && { index }),
        times: round(calls.length / recorded.length),
        units: perCall(sumUnits(calls)),
      })),
    ),
  };
}

const kindOf = ({ operation, index = "" }: RecordedCall): string => `${operation} ${index}`;

const isWrite = ({ operation }: RecordedCall): boolean => /Put|Update|Delete|Write/.test(operation);

/** A sum without one of its parts would be a wrong one. */
function sumUnits(calls: readonly RecordedCall[]): number | null {
  return calls.reduce<number | null>(
    (sum, { units }) => (sum === null || units === undefined ? null : sum + units),
    0,
  );
}
