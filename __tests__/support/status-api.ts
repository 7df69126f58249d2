/** Status APIs that play a story: each id gives its next answer whenever it has been asked. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../../scripts/local/ports";

/** One answer: a body that is sent with 200 and an ETag, or anything else. */
export type Scene =
  | { readonly body: unknown }
  | {
      readonly status: number;
      readonly answer?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly answered: number;
}

export interface StatusStub {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** @param stories scenes by path; the last scene stays. */
export async function playStatusApi(
  stories: Readonly<Record<string, readonly Scene[]>>,
): Promise<StatusStub> {
  const asked: Asked[] = [];
  const turns = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const story = stories[path];
    const turn = turns.get(path) ?? 0;
    turns.set(path, turn + 1);
    const scene = story?.[Math.min(turn, story.length - 1)] ?? unknownId;
    const answered = play(scene, request, response);
    asked.push({ path, headers: request.headers, answered });
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(scene: Scene, request: IncomingMessage, response: ServerResponse): number {
  if ("status" in scene) {
    response.writeHead(scene.status, { "content-type": "application/json", ...scene.headers });
    response.end(scene.answer === undefined ? "" : JSON.stringify(scene.answer));
    return scene.status;
  }
  const text = JSON.stringify(scene.body);
  const etag = `"${Buffer.from(text).toString("base64").slice(-24)}-${text.length}"`;
  const isUnchanged = request.headers["if-none-match"] === etag;
  response.writeHead(isUnchanged ? 304 : 200, { etag, "content-type": "application/json" });
  response.end(isUnchanged ? "" : text);
  return isUnchanged ? 304 : 200;
}

const unknownId: Scene = {
  status: 404,
  answer: { error: { code: "not_found", message: "There is no such id." } },
};
