import type { RunningFunction } from "../../local/functions/function";
import type { Gateway } from "../../local/gateway/start-gateway";
import { localToken } from "../../local/gateway/token";
import { CouldNotTell } from "../errors";
import type { Call, EventCall, HttpCall, Series } from "./measured-calls";

/** Sends a call and reads the whole answer. */
export type Send = (call: Call) => Promise<void>;

/** What takes the calls of a function. */
export interface Receiver {
  readonly gateway: Gateway;
  readonly running: RunningFunction;
}

/** @throws CouldNotTell, by the sender, when an answer is no success: refusals are not what is measured. */
export function sendTo({ gateway, running }: Receiver, signal: AbortSignal): Send {
  const request = requestTo(gateway);
  return (call) => {
    signal.throwIfAborted();
    return "event" in call ? invoke(running, call) : request(call);
  };
}

async function invoke(running: RunningFunction, { route, event, answer }: EventCall): Promise<void> {
  const invocation = await running.invoke(event);
  const answered = JSON.stringify(invocation);
  if (invocation.outcome === "answered" && JSON.stringify(invocation.payload).includes(answer)) return;
  throw new CouldNotTell(`${route} was answered with ${answered.slice(0, 500)}. ${correction}`);
}

const correction = "Correct the function, or its calls in scripts/lib/bench/function-calls.ts.";

function requestTo({ url, routes }: Gateway): (call: HttpCall) => Promise<void> {
  const headers = new Map(
    routes.map(({ key, authorization }) => [
      key,
      {
        "content-type": "application/json",
        ...(authorization.type === "JWT" && {
          authorization: `Bearer ${localToken("demo", authorization)}`,
        }),
      },
    ]),
  );
  return async (call) => {
    const [method = "GET"] = call.route.split(" ");
    const response = await fetch(`${url}${pathOf(call)}`, {
      method,
      headers: headers.get(call.route) ?? {},
      ...(method !== "GET" && { body: JSON.stringify(call.body ?? {}) }),
    });
    const answer = await response.text();
    if (response.ok) return;
    throw new CouldNotTell(
      `${method} ${pathOf(call)} was answered with ${response.status} ${answer}. ${correction}`,
    );
  };
}

function pathOf({ route, path = {}, query = {} }: HttpCall): string {
  const [, template = "/"] = route.split(" ");
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/** Numbers stories: no two that write may tell of the same session, whichever pass they belong to. */
export class Stories {
  private last = 0;

  constructor(private readonly series: Series) {}

  next(): readonly Call[] {
    this.last += 1;
    return this.series.story(this.last);
  }

  /** Calls of story after story, without end. */
  *calls(): Generator<Call, never> {
    for (;;) yield* this.next();
  }
}
