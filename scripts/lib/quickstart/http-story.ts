/** A story that is played through a system's HTTP API. */

import type { System } from "../../../tables/systems";
import type { Gateway } from "../../local/gateway/start-gateway";
import { localToken } from "../../local/gateway/token";
import type { Story } from "./story";

export interface Call {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

export interface HttpStory {
  readonly system: System;
  readonly calls: readonly Call[];
  /** Where the story's end is read, and what must stand there. */
  readonly ending: { readonly path: string; readonly text: string };
}

export const post = (path: string, body: object = {}, status = 200): Call => ({
  method: "POST",
  path,
  body,
  status,
});
export const get = (path: string): Call => ({ method: "GET", path, status: 200 });

const callMilliseconds = 30_000;

/** Plays the calls, then reads the story's end. */
export const httpStory = ({ system, calls, ending: { path, text } }: HttpStory): Story => ({
  system,
  async play({ gateway }) {
    const send = sender(gateway);
    for (const { method, path, body, status } of calls) {
      const response = await send(path, { method, ...(body && { body: JSON.stringify(body) }) });
      if (response.status !== status) throw new Error(await mismatch(method, path, status, response));
    }
    const response = await send(path);
    if (!(await response.text()).includes(text)) {
      throw new Error(`GET ${path} does not show the end of the story: ${text} is not there.`);
    }
    return { system, through: "API", told: `${calls.length + 1} calls` };
  },
});

/** Sends with a token where the APIs take any (LOCAL_JWT_ISSUER). */
function sender({ url, routes }: Gateway) {
  const [authorizer] = routes.flatMap(({ authorization }) =>
    authorization.type === "JWT" ? [authorization] : [],
  );
  const headers = authorizer && { authorization: `Bearer ${localToken("demo", authorizer)}` };
  return (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      ...(headers && { headers }),
      signal: AbortSignal.timeout(callMilliseconds),
    });
}

async function mismatch(method: string, path: string, expected: number, response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 300);
  return `${method} ${path} answered ${response.status}, expected ${expected}: ${text}`;
}
