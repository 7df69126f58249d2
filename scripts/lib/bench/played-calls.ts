import type { Gateway } from "../../local/gateway/start-gateway";
import { localToken } from "../../local/gateway/token";
import { CouldNotTell } from "../errors";
import type { HttpCall, Series } from "./measured-calls";

/** Sends a call and reads the whole answer. */
export type Send = (call: HttpCall) => Promise<void>;

/** @throws CouldNotTell, by the sender, when an answer is no success: refusals are not what is measured. */
export function sendTo({ url, routes }: Gateway, signal: AbortSignal): Send {
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
    signal.throwIfAborted();
    const [method = "GET"] = call.route.split(" ");
    const response = await fetch(`${url}${pathOf(call)}`, {
      method,
      headers: headers.get(call.route) ?? {},
      ...(method !== "GET" && { body: JSON.stringify(call.body ?? {}) }),
    });
    const answer = await response.text();
    if (response.ok) return;
    throw new CouldNotTell(
      `${method} ${pathOf(call)} was answered with ${response.status} ${answer}. ` +
        `Correct the function, or its calls in scripts/lib/bench/function-calls.ts.`,
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

  next(): readonly HttpCall[] {
    this.last += 1;
    return this.series.story(this.last);
  }

  /** Calls of story after story, without end. */
  *calls(): Generator<HttpCall, never> {
    for (;;) yield* this.next();
  }
}
